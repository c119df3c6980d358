import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import type { RouteAccess } from './access.js';
import { readJson } from './json.text.js';
import { HttpProblem } from './problem.js';

/** Body of application/x-ndjson: each line is one JSON value, told apart before it is parsed. */
export class NdjsonBody {
  readonly lines: readonly string[];

  constructor(text: string) {
    this.lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  }
}

/** application/json everywhere, application/x-ndjson where a route takes it, nothing else. */
export function addBodyParsers(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) => {
    try {
      const text = readUtf8(body as Buffer);
      // A DELETE or POST without a body whose client sends a content type all the same.
      done(null, text === '' ? undefined : readJson(text, 'the body'));
    } catch (error) {
      done(error as Error);
    }
  });
  server.addContentTypeParser(
    'application/x-ndjson',
    { parseAs: 'buffer' },
    (request, body, done) => {
      const config = request.routeOptions.config as Partial<RouteAccess>;
      try {
        if (config.bulk !== true) {
          throw new HttpProblem('unsupported-media-type', 'the body must be application/json');
        }
        done(null, new NdjsonBody(readUtf8(body as Buffer)));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

function readUtf8(body: Buffer): string {
  if (!isUtf8(body)) throw new HttpProblem('invalid-request', 'the body is not UTF-8');
  return body.toString('utf8');
}
