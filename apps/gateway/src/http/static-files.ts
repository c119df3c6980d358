import type { FastifyReply, FastifyRequest } from 'fastify';
import { gzipSync } from 'node:zlib';
import { HttpProblem } from './http-problem.js';

/** A file that is kept in memory, the same for everybody. */
export interface StaticFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  /** Its name changes with its content. */
  readonly isForEver: boolean;
}

export const fileTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpeg': 'image/jpeg',
};

const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
};

export function makeFile(type: string, plain: Buffer, isForEver = false): StaticFile {
  return { type, plain, gzipped: gzipSync(plain), isForEver };
}

/** @throws HttpProblem 404 */
export function sendFile(
  request: FastifyRequest,
  reply: FastifyReply,
  file: StaticFile | undefined,
): FastifyReply {
  if (file === undefined) {
    throw new HttpProblem('not-found', 'there is no such file; was the gateway built?');
  }
  const isGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
  void reply
    .headers(headers)
    .header('content-type', file.type)
    .header('cache-control', file.isForEver ? 'public, max-age=31536000, immutable' : 'no-cache')
    .header('vary', 'accept-encoding');
  if (isGzip) void reply.header('content-encoding', 'gzip');
  return reply.send(isGzip ? file.gzipped : file.plain);
}
