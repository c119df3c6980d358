import { readDeveloperToken } from '@billing/cluster';
import { CliError, exitCodes } from './cli.errors.js';
import { toJson } from './json.js';
import type { Terminal } from './terminal.js';

export interface TokenOptions {
  readonly home?: string;
  readonly json?: boolean;
}

/** The token that `npm start` made, for curl and the like. */
export function printToken({ home, json }: TokenOptions, terminal: Terminal): number {
  const token = readDeveloperToken(home);
  const { sub, scope, exp } = readClaims(token);
  const expiresAt = new Date(exp * 1_000);
  if (expiresAt.getTime() <= Date.now()) {
    throw new CliError(
      exitCodes.refused,
      `the token expired at ${expiresAt.toISOString()}: npm start makes a new one`,
    );
  }
  terminal.print(json ? toJson({ token, sub, scope, expiresAt }) : token);
  return exitCodes.done;
}

function readClaims(token: string): { sub: string; scope: string; exp: number } {
  const [, payload] = token.split('.');
  return JSON.parse(Buffer.from(payload ?? '', 'base64url').toString('utf8'));
}
