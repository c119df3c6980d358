import { X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type pg from 'pg';
import { parse, toClientConfig } from 'pg-connection-string';

/**
 * What DATABASE_URL says, with the contents of the files that its query names: `sslrootcert`, `sslcert` and
 * `sslkey`, read once. @throws Error that says which of them is of no use; never what they hold
 */
export function parseConnectionUrl(url: string): pg.ClientConfig {
  let config: pg.ClientConfig;
  try {
    config = toClientConfig(parse(url));
  } catch (cause) {
    const { code, path } = cause as NodeJS.ErrnoException;
    if (path === undefined) throw new Error('DATABASE_URL is no URL of a database', { cause });
    throw new Error(`DATABASE_URL: ${path} cannot be read (${code})`, { cause });
  }
  if (typeof config.ssl !== 'object') return config;
  const { ca, cert, key } = config.ssl as Record<'ca' | 'cert' | 'key', string | undefined>;
  // A CA that is none would only be missed once a server shows its certificate.
  check('sslrootcert holds no certificate in PEM', () => ca && new X509Certificate(ca));
  if ((cert === undefined) !== (key === undefined)) {
    throw new Error('DATABASE_URL: sslcert and sslkey belong together: name both or none');
  }
  check('sslcert and sslkey are not a certificate and its key in PEM', () =>
    createSecureContext({ cert, key }),
  );
  return config;
}

function check(violation: string, attempt: () => unknown): void {
  try {
    attempt();
  } catch (cause) {
    throw new Error(`DATABASE_URL: ${violation}`, { cause });
  }
}
