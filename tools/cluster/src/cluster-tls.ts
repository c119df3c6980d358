import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { makeCertificates } from './certificates.js';
import type { AppKind } from './member.js';
import { giveTo, type OsUser } from './os-user.js';

/** One certificate for everything in a home, servers and clients, and the CA that it is of; in PEM. */
export interface TlsFiles {
  readonly caFile: string;
  readonly certFile: string;
  readonly keyFile: string;
}

/** Stands above the key itself, where readers of PEM pass it over; production refuses what bears it. */
const marker = 'development-key-never-for-production\n';
const DAYS = 365;
/** Before its end it is made anew. */
const DAYS_LEFT_MIN = 30;
const DAY_MS = 24 * 3_600_000;
const NAME = 'cluster';

/** Where they are, made or not. */
export function tlsFilesIn(folder: string): TlsFiles {
  const file = (end: string): string => join(folder, `${NAME}-${end}`);
  return { caFile: file('ca.pem'), certFile: file('cert.pem'), keyFile: file('cert.key') };
}

/** The files of a home that has them: without, it runs in plain text. */
export function findTlsFiles(folder: string): TlsFiles | undefined {
  return existsSync(folder) ? tlsFilesIn(folder) : undefined;
}

/** Makes them unless they are there and last, or takes them away. @param owner of PostgreSQL, which wants the key to be its own */
export function prepareTls(folder: string, isWanted: boolean, owner: OsUser | undefined): void {
  if (isWanted && lasts(folder)) return;
  rmSync(folder, { recursive: true, force: true });
  if (!isWanted) return;
  // Renamed into place: what an interrupted start left is no use.
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(unfinished, { recursive: true });
  // Whatever the umask says: PostgreSQL's user enters and reads the CA; the key is its own alone.
  chmodSync(unfinished, 0o755);
  const { caFile, certFile, keyFile } = makeCertificates(unfinished, NAME, DAYS);
  chmodSync(caFile, 0o644);
  writeFileSync(keyFile, marker + readFileSync(keyFile, 'utf8'));
  for (const file of [certFile, keyFile]) giveTo(file, owner);
  renameSync(unfinished, folder);
}

function lasts(folder: string): boolean {
  const files = findTlsFiles(folder);
  if (files === undefined) return false;
  const { validTo } = new X509Certificate(readFileSync(files.certFile));
  return Date.parse(validTo) - Date.now() > DAYS_LEFT_MIN * DAY_MS;
}

/** What a server of PostgreSQL is told. */
export function postgresTls({ certFile, keyFile }: TlsFiles): Record<string, string> {
  return { ssl: 'on', ssl_cert_file: certFile, ssl_key_file: keyFile };
}

/** So that the server shows who it is. */
export function verifiedUrl(databaseUrl: string, { caFile }: TlsFiles): string {
  return `${databaseUrl}?sslmode=verify-full&sslrootcert=${encodeURIComponent(caFile)}`;
}

/** What sql/run_sql.sh is told: of the links between the nodes, and of its own to them. */
export function verifiedLinks({ caFile }: TlsFiles): Record<string, string> {
  return {
    BILLING_SSLMODE: 'verify-full',
    BILLING_SSLROOTCERT: caFile,
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: caFile,
  };
}

/** What an app is told beside its environment in plain text; the names are those of libs/config. */
export function tlsEnvironment(
  kind: AppKind,
  files: TlsFiles,
  hasKafkaUsers: boolean,
): Record<string, string> {
  const { caFile, certFile, keyFile } = files;
  const own = { GRPC_TLS_CERT_FILE: certFile, GRPC_TLS_KEY_FILE: keyFile };
  return {
    NODE_EXTRA_CA_CERTS: caFile,
    HTTP_TLS_CERT_FILE: certFile,
    HTTP_TLS_KEY_FILE: keyFile,
    ...(hasKafkaUsers && kind !== 'coordinator' && { KAFKA_SSL_CA_FILE: caFile }),
    ...(kind === 'gateway' && { ...own, GRPC_TLS_CA_FILE: caFile }),
    ...(kind === 'coordinator' && { ...own, GRPC_TLS_CLIENT_CA_FILE: caFile }),
  };
}
