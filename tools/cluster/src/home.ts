import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClusterError } from './cluster-error.js';
import { readPidFile } from './managed-process.js';
import { canEnter, possiblePostgresOwner, type OsUser } from './os-user.js';
import { identify, type ProcessIdentity } from './process-table.js';

/** Only a folder with this file in it is ever removed. */
const homeMarker = '.geo-billing-home';

/** The clone: this file is three folders below it, compiled or not. */
export const cloneFolder = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

export interface HomeChoice {
  readonly home: string;
  /** Said to the user when it is not where they would look first. */
  readonly remark?: string;
}

/** BILLING_HOME, else `.cluster` in the clone, else a folder that PostgreSQL's user can enter. */
export function chooseHome(
  environment: NodeJS.ProcessEnv,
  clone = cloneFolder,
  owner = possiblePostgresOwner(),
): HomeChoice {
  const wanted = environment['BILLING_HOME'];
  if (wanted !== undefined && wanted !== '') return { home: resolve(wanted) };
  const home = join(clone, '.cluster');
  if (owner === undefined || canEnter(clone, owner)) return { home };
  const hash = createHash('sha256').update(clone).digest('hex').slice(0, 8);
  const fallback = `/var/tmp/geo-billing-${hash}`;
  return {
    home: fallback,
    remark: `state is in ${fallback}: the user ${owner.name}, who runs PostgreSQL, cannot enter ${clone}`,
  };
}

/** Leaves `.cluster/token` in the clone where the state itself had to go elsewhere. */
export function linkTokenIntoClone(home: string, clone = cloneFolder): void {
  const folder = join(clone, '.cluster');
  if (home === folder || !home.startsWith('/var/tmp/geo-billing-')) return;
  mkdirSync(folder, { recursive: true });
  rmSync(join(folder, 'token'), { force: true });
  symlinkSync(join(home, 'token'), join(folder, 'token'));
}

export function makeTemporaryHome(): string {
  return mkdtempSync(join(tmpdir(), 'geo-billing-'));
}

/** Makes the folder, and makes sure that it is ours and that PostgreSQL's user can enter it. */
export function prepareHome(home: string, owner: OsUser | undefined, isTemporary: boolean): void {
  const isNew = !existsSync(home);
  const marker = join(home, homeMarker);
  if (!isNew && !existsSync(marker) && readdirSync(home).some((name) => name !== 'token')) {
    throw new ClusterError(
      'BAD_REQUEST',
      `${home} holds something else already: set BILLING_HOME to a new or empty folder`,
    );
  }
  mkdirSync(home, { recursive: true });
  // Whatever the umask says: the passwords are in a folder of their own that nobody else enters.
  if (isNew || isTemporary) chmodSync(home, 0o755);
  const { uid, mode } = lstatSync(home);
  const isForeign = uid !== process.getuid?.() || (mode & 0o022) !== 0;
  if (home.startsWith('/var/tmp/') && isForeign) {
    throw new ClusterError(
      'NO_PERMISSION',
      `${home} is not yours alone: remove it, or set BILLING_HOME to another folder`,
    );
  }
  if (owner && !canEnter(home, owner)) {
    throw new ClusterError(
      'HOME_NOT_ENTERABLE',
      `the user ${owner.name}, who runs PostgreSQL, cannot enter ${home}: allow it (chmod o+x on each folder above it), or set BILLING_HOME to a folder that it can`,
    );
  }
  writeFileSync(marker, 'The state of a geo-distributed billing cluster; `reset` removes it.\n');
  for (const folder of ['logs', 'run']) mkdirSync(join(home, folder), { recursive: true });
  // Logs say what others need not know; those who write to them get them opened.
  chmodSync(join(home, 'logs'), 0o700);
}

/** One supervisor per home. Returns what gives the home up again. */
export function lockHome(home: string): () => void {
  const file = join(home, 'run', 'supervisor.pid');
  const other = runningSupervisor(home);
  if (other && other.pid !== process.pid) {
    throw new ClusterError(
      'ALREADY_RUNNING',
      `the cluster in ${home} is running already (pid ${other.pid}): npm run cluster -- status | down`,
    );
  }
  writeFileSync(file, `${JSON.stringify(identify(process.pid))}\n`);
  return () => {
    if (existsSync(file) && readFileSync(file, 'utf8').includes(`"pid":${process.pid},`)) {
      rmSync(file, { force: true });
    }
  };
}

export function isHome(folder: string): boolean {
  return existsSync(join(folder, homeMarker));
}

export function runningSupervisor(home: string): ProcessIdentity | undefined {
  return readPidFile(join(home, 'run', 'supervisor.pid'));
}

export function removeHome(home: string): void {
  if (!isHome(home)) throw new ClusterError('BAD_REQUEST', `${home} is not a cluster's home`);
  rmSync(home, { recursive: true, force: true });
}
