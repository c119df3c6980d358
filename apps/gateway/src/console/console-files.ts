import type { FastifyInstance } from 'fastify';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RouteAccess } from '../http/access.js';
import { fileTypes, makeFile, sendFile, type StaticFile } from '../http/static-files.js';

const ROOT = '/console';
const builtFolder = fileURLToPath(new URL('../../../console/dist', import.meta.url));

/** Serves the built console under /console. */
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
    return sendFile(request, reply, files.get(name));
  });
}

function readFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  for (const name of listFiles(folder)) {
    const type = fileTypes[extname(name)];
    if (type === undefined) continue;
    files.set(name, makeFile(type, readFileSync(join(folder, name)), name.startsWith('assets/')));
  }
  return files;
}

function listFiles(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    statSync(join(folder, name)).isFile(),
  );
}
