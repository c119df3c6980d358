import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** Files of one end of a TLS connection, as the environment names them. */
export interface TlsFiles {
  /** Whose certificates are believed. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
}

/** What they hold, in PEM. */
export interface TlsMaterial {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** A file that a variable names does not hold what it should. Never shows what it holds. */
export class NamedFileError extends Error {
  readonly code = 'FILE_INVALID';
  readonly retryable = false;

  constructor(variable: string, file: string, what: string, cause?: unknown) {
    super(`${variable}: ${file} ${what}`, { cause });
    this.name = 'NamedFileError';
  }
}

/** Without the end of its last line. @throws NamedFileError */
export function readNamedFile(variable: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new NamedFileError(variable, file, `cannot be read (${code})`, error);
  }
  if (text === '') throw new NamedFileError(variable, file, 'is empty');
  return text;
}

/**
 * Reads the files, once: whoever changes one starts the app anew.
 * @param prefix of the variables that name them: `KAFKA_SSL` of KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE
 * @throws NamedFileError
 */
export function readTlsFiles(
  { caFile, certFile, keyFile }: TlsFiles,
  prefix: string,
  caVariable = `${prefix}_CA_FILE`,
): TlsMaterial {
  const [certVariable, keyVariable] = [`${prefix}_CERT_FILE`, `${prefix}_KEY_FILE`];
  const ca = readPem(caVariable, caFile, 'certificate', readCertificates);
  const cert = readPem(certVariable, certFile, 'certificate', readCertificates);
  const key = readPem(keyVariable, keyFile, 'private key without a passphrase', createPrivateKey);
  assertCurrent(caVariable, caFile, ca === undefined ? [] : readCertificates(ca));
  // The app's own is the first; what follows leads to its CA.
  assertCurrent(
    certVariable,
    certFile,
    cert === undefined ? [] : readCertificates(cert).slice(0, 1),
  );
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const what = `is not the key of the certificate in ${certVariable}`;
    throw new NamedFileError(keyVariable, keyFile ?? '', what, error);
  }
  return { ca, cert, key };
}

function readPem(
  variable: string,
  file: string | undefined,
  what: string,
  check: (pem: string) => unknown,
): string | undefined {
  if (file === undefined) return undefined;
  const pem = readNamedFile(variable, file);
  try {
    check(pem);
  } catch (error) {
    throw new NamedFileError(variable, file, `holds no ${what} in PEM`, error);
  }
  return pem;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Node's TLS passes over what it cannot read. */
function readCertificates(pem: string): X509Certificate[] {
  const found = pem.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error('no certificate');
  return found.map((certificate) => new X509Certificate(certificate));
}

/** By this machine's clock. A CA that has run out may stand among others that have not. */
function assertCurrent(
  variable: string,
  file: string | undefined,
  certificates: readonly X509Certificate[],
): void {
  const lapses = certificates.map(describeLapse);
  const [lapse] = lapses;
  if (file === undefined || lapse === undefined || lapses.includes(undefined)) return;
  throw new NamedFileError(variable, file, `holds a certificate that ${lapse}`);
}

function describeLapse({ validFrom, validTo }: X509Certificate): string | undefined {
  const now = Date.now();
  if (now > Date.parse(validTo)) return `expired ${validTo}`;
  return now < Date.parse(validFrom) ? `is valid only from ${validFrom}` : undefined;
}
