import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Files in PEM. */
export interface Certificates {
  readonly caFile: string;
  /** Of 127.0.0.1 and localhost, for servers and clients, signed by the CA. */
  readonly certFile: string;
  readonly keyFile: string;
  /** Key and certificate in one, as Kafka wants it. */
  readonly keystoreFile: string;
}

/** Makes a CA of its own and a certificate of it, by openssl (there wherever PostgreSQL is). Nobody keeps the CA's key. */
export function makeCertificates(folder: string, name: string, days = 2): Certificates {
  const file = (end: string): string => join(folder, `${name}-${end}`);
  const [caFile, caKeyFile] = [file('ca.pem'), file('ca.key')];
  const [certFile, keyFile, keystoreFile] = [file('cert.pem'), file('cert.key'), file('keystore')];
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-keyout'];
  const made = ['req', '-x509', '-days', String(days), ...key];
  openssl([...made, caKeyFile, '-out', caFile, '-subj', `/CN=CA of ${name}`]);
  openssl([
    ...[...made, keyFile, '-out', certFile, '-subj', `/CN=${name}`, '-CA', caFile],
    ...['-CAkey', caKeyFile, '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost'],
    ...['-addext', 'basicConstraints=critical,CA:FALSE'],
  ]);
  rmSync(caKeyFile);
  writeFileSync(keystoreFile, readFileSync(keyFile, 'utf8') + readFileSync(certFile, 'utf8'));
  return { caFile, certFile, keyFile, keystoreFile };
}

function openssl(args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
