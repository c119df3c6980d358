import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterLayout } from './cluster-layout.js';
import { cloneFolder } from './home.js';
import { giveTo, type OsUser } from './os-user.js';

/** The one secret that the database servers read: theirs, and nobody else's to read. */
export function copyPgcryptoKey(layout: ClusterLayout, owner: OsUser | undefined): void {
  const source = join(cloneFolder, 'pgcrypto_key.txt');
  if (!existsSync(layout.pgcryptoKeyFile)) copyFileSync(source, layout.pgcryptoKeyFile);
  chmodSync(layout.pgcryptoKeyFile, 0o600);
  giveTo(layout.pgcryptoKeyFile, owner);
}
