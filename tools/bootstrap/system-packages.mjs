import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BootstrapError, run } from './step.mjs';

const postgresRoot = '/usr/lib/postgresql';
const oldestJava = 17;
// With this in place Debian's package makes no cluster of its own, so it starts none either.
const noClusterFile = '/etc/postgresql-common/createcluster.d/geo-billing.conf';
// Debian's Prometheus is wanted for its programs. Its service, which the package would start, is not.
const policyFile = '/usr/sbin/policy-rc.d';

function commandExists(name) {
  return spawnSync('/bin/sh', ['-c', `command -v ${name}`], { stdio: 'ignore' }).status === 0;
}

function installedPostgresMajors() {
  if (!existsSync(postgresRoot)) return [];
  return readdirSync(postgresRoot).filter((major) =>
    existsSync(join(postgresRoot, major, 'bin/initdb')),
  );
}

function hasPglogical(major) {
  return existsSync(join(postgresRoot, major, 'lib/pglogical.so'));
}

function javaMajor() {
  if (!commandExists('java')) return 0;
  const { stderr } = spawnSync('java', ['-version'], { encoding: 'utf8' });
  return Number(/version "(\d+)/.exec(stderr)?.[1] ?? 0);
}

function osRelease() {
  if (!existsSync('/etc/os-release')) return {};
  const lines = readFileSync('/etc/os-release', 'utf8').split('\n');
  return Object.fromEntries(
    lines.map((line) => line.split('=')).map(([name, value]) => [name, value?.replace(/"/g, '')]),
  );
}

/** The PostgreSQL that the distribution carries. */
function distributionPostgresMajor() {
  const { ID: id, VERSION_ID: version } = osRelease();
  const known = { 'debian 12': '15', 'debian 13': '17', 'ubuntu 24.04': '16' };
  const major = known[`${id} ${version}`];
  if (major) return major;
  throw new BootstrapError(
    `which PostgreSQL ${id ?? 'this system'} ${version ?? ''} carries is not known here: install a server with pglogical, a Java runtime (17 or newer) and Maven, then try again`,
  );
}

/** Debian packages that are not there yet; nothing is asked for that could upgrade another. */
export function missingPackages({ needsMaven, forTests }) {
  const missing = [];
  const majors = installedPostgresMajors();
  if (!majors.some(hasPglogical)) {
    const own = majors.length > 0 ? majors.sort((a, b) => b - a)[0] : distributionPostgresMajor();
    if (majors.length === 0) missing.push(`postgresql-${own}`);
    missing.push(`postgresql-${own}-pglogical`);
  }
  if (javaMajor() < oldestJava) missing.push('default-jre-headless');
  if (needsMaven && !commandExists('mvn')) missing.push('maven');
  if (forTests && !(commandExists('prometheus') && commandExists('promtool'))) {
    missing.push('prometheus');
  }
  if (forTests && !commandExists('chromium')) missing.push('chromium');
  // Specs give a server a clock of its own by its library.
  if (forTests && !commandExists('faketime')) missing.push('faketime');
  return missing;
}

function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  if (
    commandExists('sudo') &&
    spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0
  ) {
    return ['sudo', '-n'];
  }
  return undefined;
}

// While it is installed, unless the system has a policy of its own (Docker's images deny everything).
const denyService = [
  `if [ ! -e ${policyFile} ]; then`,
  `  temporary="$temporary ${policyFile}"`,
  `  printf '#!/bin/sh\\ncase "$1" in prometheus*) exit 101 ;; esac\\n' > ${policyFile}`,
  `  chmod 755 ${policyFile}`,
  'fi',
];
// And at later boots, whatever starts services here.
const disableService = [
  'systemctl --quiet disable prometheus 2>/dev/null || true',
  'update-rc.d prometheus disable >/dev/null 2>&1 || true',
  'invoke-rc.d --quiet prometheus stop >/dev/null 2>&1 || true',
];

function installScript(packages) {
  const withoutService = packages.includes('prometheus');
  return [
    'set -e',
    'export DEBIAN_FRONTEND=noninteractive',
    // Another installation may hold the lock: it is waited for.
    'apt-get update -qq -o DPkg::Lock::Timeout=300',
    `mkdir -p ${noClusterFile.replace(/\/[^/]*$/, '')}`,
    `temporary=${noClusterFile}`,
    `trap 'rm -f $temporary' EXIT`,
    `echo 'create_main_cluster = false' > ${noClusterFile}`,
    ...(withoutService ? denyService : []),
    `apt-get install -y -qq -o DPkg::Lock::Timeout=300 --no-install-recommends --no-upgrade ${packages.join(' ')}`,
    ...(withoutService ? disableService : []),
  ].join('\n');
}

export async function installSystemPackages(options) {
  const packages = missingPackages(options);
  if (packages.length === 0) return 'all there';
  const byHand = packages.includes('prometheus')
    ? `sudo sh <<'END'\n${installScript(packages)}\nEND`
    : `sudo sh -c "echo 'create_main_cluster = false' | install -D /dev/stdin ${noClusterFile}; apt-get update && apt-get install -y --no-install-recommends ${packages.join(' ')}; rm -f ${noClusterFile}"`;
  if (!commandExists('apt-get')) {
    throw new BootstrapError(
      `missing: ${packages.join(', ')} (names of Debian packages), and this system has no apt-get: install them its own way, or use docker compose up`,
    );
  }
  const prefix = rootPrefix();
  if (prefix === undefined) {
    throw new BootstrapError(
      `missing: ${packages.join(', ')}. Installing needs root; run this, then try again:\n  ${byHand}`,
    );
  }
  console.log(`installing ${packages.join(', ')} …`);
  const [file, ...args] = [...prefix, 'sh', '-c', installScript(packages)];
  await run(file, args);
  const still = missingPackages(options);
  if (still.length > 0) throw new BootstrapError(`still missing after apt: ${still.join(', ')}`);
  return packages.join(', ');
}

export function javaFile() {
  return execFileSync('/bin/sh', ['-c', 'readlink -f "$(command -v java)"'], {
    encoding: 'utf8',
  }).trim();
}
