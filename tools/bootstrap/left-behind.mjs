import { spawnSync } from 'node:child_process';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';

/** Every process that works in the folder or names it on its command line. */
export function processesOf(folder) {
  const found = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      const isIts = command.includes(folder) || readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
      if (isIts && Number(pid) !== process.pid) found.push({ pid: Number(pid), command });
    } catch {
      // It ended meanwhile, or is another user's, and then none of ours.
    }
  }
  return found;
}

/** Every container, running or not, of a cluster whose home is in the folder. */
export function containersOf(folder) {
  const format = '{{.ID}}\t{{.Label "geo-billing.home"}}\t{{.Label "geo-billing.part"}}';
  const args = ['ps', '--all', '--filter', 'label=geo-billing.home', '--format', format];
  const { status, stdout } = spawnSync('docker', args, { encoding: 'utf8' });
  if (status !== 0) return [];
  return stdout
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([, home]) => home?.startsWith(folder))
    .map(([id, home, member]) => ({ id, home, member }));
}

function endProcesses(folder) {
  const left = processesOf(folder);
  for (const { pid, command } of left) {
    console.error(`left behind by a suite: process ${pid}: ${command.slice(0, 200)}`);
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  return left.length;
}

function removeContainers(folder) {
  const left = containersOf(folder);
  for (const { id, home, member } of left) {
    console.error(`left behind by a suite: container ${id}: ${member} of ${home}`);
    spawnSync('docker', ['rm', '--force', '--volumes', id]);
  }
  return left.length;
}

/** A suite that leaves a server behind has failed, whatever its tests said. Returns the failures. */
export function endWhatIsLeft(folder, engine) {
  // Containers first: their processes are this machine's as well.
  const containers = engine === 'docker' ? removeContainers(folder) : 0;
  return containers + endProcesses(folder) > 0 ? 1 : 0;
}
