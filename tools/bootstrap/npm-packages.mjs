import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError, run } from './step.mjs';

const oldestNode = [20, 19];

export function checkNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return version;
  throw new BootstrapError(
    `Node ${version} is too old: this needs ${oldestNode.join('.')} or newer, see .nvmrc`,
  );
}

/** npm keeps what it installed in node_modules/.package-lock.json: that is held to our lock file. */
export function arePackagesCurrent(clone) {
  const installedFile = join(clone, 'node_modules/.package-lock.json');
  if (!existsSync(installedFile)) return false;
  const wanted = JSON.parse(readFileSync(join(clone, 'package-lock.json'), 'utf8')).packages;
  const installed = JSON.parse(readFileSync(installedFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return true;
    const found = installed[path];
    // Binaries for other platforms are optional, and left out.
    if (found === undefined) return entry.optional === true || entry.devOptional === true;
    return found.version === entry.version && found.integrity === entry.integrity;
  });
}

export async function installPackages(clone) {
  if (arePackagesCurrent(clone)) return 'up to date';
  await run('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline'], { cwd: clone });
  return 'npm ci';
}
