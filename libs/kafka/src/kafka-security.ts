import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

/** The files of a connection, as the environment names them: `KafkaSecurityConfig` of libs/config. */
export interface KafkaSecurityFiles {
  readonly ssl:
    | {
        readonly caFile: string | undefined;
        readonly certFile: string | undefined;
        readonly keyFile: string | undefined;
      }
    | undefined;
  readonly sasl:
    | {
        readonly mechanism: SaslMechanism;
        readonly username: string;
        readonly passwordFile: string;
      }
    | undefined;
}

type SaslMechanism = 'scram-sha-512' | 'scram-sha-256' | 'plain';

/** What the files hold. */
export interface KafkaSecurity {
  /** PEM; without a CA those that Node comes with are believed. Undefined: in plain text. */
  readonly ssl?:
    | {
        readonly ca?: string | undefined;
        readonly cert?: string | undefined;
        readonly key?: string | undefined;
      }
    | undefined;
  readonly sasl?:
    | {
        readonly mechanism: SaslMechanism;
        readonly username: string;
        readonly password: string;
      }
    | undefined;
}

/** A file that a variable names does not hold what it should. Never shows what it holds. */
export class KafkaFileError extends Error {
  readonly code = 'KAFKA_FILE_INVALID';
  readonly retryable = false;

  constructor(variable: string, file: string, fault: string, cause?: unknown) {
    super(`${variable}: ${file} ${fault}`, { cause });
    this.name = 'KafkaFileError';
  }
}

/** Reads the files, once: whoever changes one starts the app anew. @throws KafkaFileError */
export function readKafkaSecurity({ ssl, sasl }: KafkaSecurityFiles): KafkaSecurity {
  return {
    ssl: ssl && readSsl(ssl),
    sasl: sasl && {
      mechanism: sasl.mechanism,
      username: sasl.username,
      password: readFile('KAFKA_SASL_PASSWORD_FILE', sasl.passwordFile),
    },
  };
}

function readSsl(files: NonNullable<KafkaSecurityFiles['ssl']>): KafkaSecurity['ssl'] {
  const { caFile, certFile, keyFile } = files;
  const ca = readPem('KAFKA_SSL_CA_FILE', caFile, 'certificate', checkCertificates);
  const cert = readPem('KAFKA_SSL_CERT_FILE', certFile, 'certificate', checkCertificates);
  const what = 'private key without a passphrase';
  const key = readPem('KAFKA_SSL_KEY_FILE', keyFile, what, createPrivateKey);
  try {
    createSecureContext({ cert, key });
  } catch (error) {
    const fault = 'is not the key of the certificate in KAFKA_SSL_CERT_FILE';
    throw new KafkaFileError('KAFKA_SSL_KEY_FILE', keyFile ?? '', fault, error);
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
  const pem = readFile(variable, file);
  try {
    check(pem);
  } catch (error) {
    throw new KafkaFileError(variable, file, `holds no ${what} in PEM`, error);
  }
  return pem;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Node's TLS passes over what it cannot read. */
function checkCertificates(pem: string): void {
  const found = pem.match(CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error('no certificate');
  for (const certificate of found) void new X509Certificate(certificate);
}

function readFile(variable: string, file: string): string {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new KafkaFileError(variable, file, `cannot be read (${code})`, error);
  }
  if (text === '') throw new KafkaFileError(variable, file, 'is empty');
  return text;
}
