import type { CommonVariables } from './variables.js';

export interface DatabaseConfig {
  readonly url: string;
  /** One of the two is set; the file is read by whoever connects. */
  readonly password: string | undefined;
  readonly passwordFile: string | undefined;
  readonly poolMax: number;
}

export interface CommonConfig {
  readonly production: boolean;
  readonly nodeId: number;
  readonly logLevel: string;
  readonly http: { readonly host: string; readonly port: number };
  readonly database: DatabaseConfig;
  readonly metrics: { readonly intervalMs: number };
}

export function groupCommon(variables: CommonVariables): CommonConfig {
  return {
    production: variables.NODE_ENV === 'production',
    nodeId: variables.BILLING_NODE_ID,
    logLevel: variables.LOG_LEVEL,
    http: { host: variables.HTTP_HOST, port: variables.HTTP_PORT },
    database: {
      url: variables.DATABASE_URL,
      password: variables.DATABASE_PASSWORD,
      passwordFile: variables.DATABASE_PASSWORD_FILE,
      poolMax: variables.DATABASE_POOL_MAX,
    },
    metrics: { intervalMs: variables.METRICS_INTERVAL_MS },
  };
}

/** Freezes a configuration and everything in it. */
export function deepFreeze<T extends object>(value: T): T {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null && !Object.isFrozen(part)) deepFreeze(part);
  }
  return Object.freeze(value);
}
