import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync } from 'node:fs';
import { ClusterError } from './cluster-error.js';

export interface OsUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root. When we are root its servers run as `postgres`, the user
 * that Debian's package makes; else they run as us, and this is undefined.
 */
export function postgresOwner(): OsUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const found = findPostgresUser();
  if (found) return found;
  throw new ClusterError(
    'MISSING_SOFTWARE',
    'there is no OS user "postgres" to run PostgreSQL as: install the postgresql package',
  );
}

/** As above; undefined also where there is no such user, so no PostgreSQL of this machine's own. */
export function possiblePostgresOwner(): OsUser | undefined {
  return process.getuid?.() === 0 ? findPostgresUser() : undefined;
}

function findPostgresUser(): OsUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith('postgres:'));
  if (line === undefined) return undefined;
  const [name, , uid, gid] = line.split(':');
  return { name: name!, uid: Number(uid), gid: Number(gid) };
}

export function canEnter(folder: string, owner: OsUser): boolean {
  const result = spawnSync('/bin/sh', ['-c', 'cd -- "$1"', 'sh', folder], {
    uid: owner.uid,
    gid: owner.gid,
    cwd: '/',
    stdio: 'ignore',
  });
  return result.status === 0;
}

export function giveTo(path: string, owner: OsUser | undefined): void {
  if (owner) chownSync(path, owner.uid, owner.gid);
}
