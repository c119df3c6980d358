import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { RouteAccess } from '../http/access.js';
import type { Operation } from '../http/operation.js';
import type { RouteList } from '../http/route-list.js';
import { makeDocument } from './document.js';

const ROOT = '/openapi.json';

/** What it is made of. */
const parts = {
  openapi: '3.1.1',
  info: {},
  servers: [{}],
  tags: [{}],
  paths: {},
  components: {},
};

const readDocument: Operation = {
  id: 'readDocument',
  group: 'document',
  summary: 'Reads this document',
  answers: {
    200: {
      means: 'OpenAPI 3.1.',
      schema: Type.Unsafe<object>({ type: 'object' }),
      headers: ['Cache-Control'],
    },
  },
  examples: {
    document: { summary: 'This document', answer: parts },
  },
};

/** Serves what is made of all routes, once one asks. */
export function addDocument(server: FastifyInstance, routes: RouteList): void {
  const config: RouteAccess = { scope: 'public', operation: readDocument };
  let text: string | undefined;
  server.get(`${ROOT}`, { config }, (_request, reply) => {
    text ??= JSON.stringify(makeDocument(routes.all));
    return reply
      .headers({ 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
      .header('content-type', 'application/json; charset=utf-8')
      .send(text);
  });
}
