import { ConfigError, parseTogether, type Environment } from './environment.js';
import type { TlsFiles } from './tls-files.js';
import { findPlaintext, parseHttpTls } from './transport.config.js';
import type { CommonVariables } from './variables.js';

export interface DatabaseConfig {
  readonly url: string;
  /** One of the two is set; the file is read by whoever connects. */
  readonly password: string | undefined;
  readonly passwordFile: string | undefined;
  readonly poolMax: number;
}

/** Where an app serves HTTP. */
export interface ListenerConfig {
  readonly host: string;
  readonly port: number;
  /** Undefined: in plain text. Files are read by whoever listens. */
  readonly tls: TlsFiles | undefined;
}

export interface CommonConfig {
  readonly production: boolean;
  readonly nodeId: number;
  readonly logLevel: string;
  readonly management: ListenerConfig;
  readonly database: DatabaseConfig;
  readonly metrics: { readonly intervalMs: number };
}

/** @throws ConfigError with all violations of these variables at once */
export function groupCommon(variables: CommonVariables, env: Environment): CommonConfig {
  const { tls } = parseTogether({
    tls: () => parseHttpTls(env),
    database: () => refusePlainDatabase(variables, env),
  });
  return {
    production: variables.NODE_ENV === 'production',
    nodeId: variables.BILLING_NODE_ID,
    logLevel: variables.LOG_LEVEL,
    management: { host: variables.MANAGEMENT_HOST, port: variables.MANAGEMENT_PORT, tls },
    database: {
      url: variables.DATABASE_URL,
      password: variables.DATABASE_PASSWORD,
      passwordFile: variables.DATABASE_PASSWORD_FILE,
      poolMax: variables.DATABASE_POOL_MAX,
    },
    metrics: { intervalMs: variables.METRICS_INTERVAL_MS },
  };
}

/** Encrypted, and by a server that has shown who it is: nothing less keeps others from answering in its place. */
function refusePlainDatabase(variables: CommonVariables, env: Environment): void {
  const query = new URLSearchParams(variables.DATABASE_URL.split('?', 2)[1]);
  const modes = query.getAll('sslmode');
  if (modes.length === 1 && modes[0] === 'verify-full') return;
  const violations = findPlaintext(
    env,
    'DATABASE_ALLOW_PLAINTEXT',
    'nothing shows that PostgreSQL is reached encrypted and is the right one',
    'add ?sslmode=verify-full&sslrootcert=/path to DATABASE_URL',
  );
  if (violations.length > 0) throw new ConfigError(violations);
}

/** Freezes a configuration and everything in it. */
export function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) deepFreeze(part);
  }
  return Object.freeze(value);
}
