import type { FastifyInstance } from 'fastify';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { RouteAccess } from '../http/access.js';
import { HttpProblem } from '../http/http-problem.js';

interface ConsoleFile {
  readonly type: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
  /** Its name changes with its content. */
  readonly isForEver: boolean;
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
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

const ROOT = '/console';
const builtFolder = fileURLToPath(new URL('../../../console/dist', import.meta.url));

/** Serves the built console under /console: static files, kept in memory, the same for everybody. */
export function addConsole(server: FastifyInstance, folder = builtFolder): void {
  const files = readFiles(folder);
  const config: RouteAccess = {
    scope: 'public',
    operation: { leftOut: 'files of the console, for browsers' },
  };
  server.get(`${ROOT}`, { config }, (_request, reply) => reply.redirect(`${ROOT}/`));
  server.get(`${ROOT}/*`, { config }, (request, reply) => {
    const path = (request.params as { '*': string })['*'];
    // Pages are the console's own business: whatever has no extension is one of them.
    const name = files.has(path) || path.startsWith('assets/') ? path : 'index.html';
    const file = files.get(name);
    if (file === undefined) {
      throw new HttpProblem('not-found', 'there is no such file; was the console built?');
    }
    const isGzip = /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''));
    void reply
      .headers(headers)
      .header('content-type', file.type)
      .header('cache-control', file.isForEver ? 'public, max-age=31536000, immutable' : 'no-cache')
      .header('vary', 'accept-encoding');
    if (isGzip) void reply.header('content-encoding', 'gzip');
    return reply.send(isGzip ? file.gzipped : file.plain);
  });
}

function readFiles(folder: string): ReadonlyMap<string, ConsoleFile> {
  const files = new Map<string, ConsoleFile>();
  for (const name of listFiles(folder)) {
    const type = types[extname(name)];
    if (type === undefined) continue;
    const plain = readFileSync(join(folder, name));
    const isForEver = name.startsWith('assets/');
    files.set(name, { type, plain, gzipped: gzipSync(plain), isForEver });
  }
  return files;
}

function listFiles(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}
