import { readFileSync } from 'node:fs';
import type { Environment } from './environment.js';

/** In every key and password that comes with this repository or is made by its tools. */
const MARKER = 'never-for-production';
const SECRETS = ['DATABASE_PASSWORD'];
const SECRET_FILES = [
  'DATABASE_PASSWORD_FILE',
  'JWT_PUBLIC_KEY_FILE',
  'KAFKA_SASL_PASSWORD_FILE',
  'KAFKA_SSL_KEY_FILE',
  'HTTP_TLS_KEY_FILE',
  'GRPC_TLS_KEY_FILE',
];

/**
 * What is wrong with an environment that is production and holds secrets known to everyone. A file that
 * cannot be read is none of it: whoever needs it says so better.
 */
export function findDevelopmentSecrets(env: Environment): string[] {
  if (env['NODE_ENV'] !== 'production') return [];
  const given = SECRETS.map((name) => [name, env[name] ?? ''] as const);
  const files = SECRET_FILES.map((name) => [name, readQuietly(env[name])] as const);
  return [...given, ...files]
    .filter(([, secret]) => secret.includes(MARKER))
    .map(([name]) => `${name} is a development secret, and NODE_ENV is production: bring your own`);
}

function readQuietly(file: string | undefined): string {
  if (file === undefined || file === '') return '';
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
