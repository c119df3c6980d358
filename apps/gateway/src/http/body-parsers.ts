import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import type { RouteAccess } from './access.js';
import { bodyTooLarge, readBytes } from './body-stream.js';
import { BulkRoom, type BulkBody } from './bulk-body.js';
import { BulkStream, type BulkMediaType } from './bulk-stream.js';
import { ArraySplitter, LineSplitter, type BulkItems } from './item-splitter.js';
import { DEPTH_RULE, isNestedTooDeep } from './json-nesting.js';
import { readJson } from './json-text.js';
import { HttpProblem } from './http-problem.js';

interface Bulk {
  readonly bulk: BulkItems;
  readonly bodyLimit: number;
  readonly mediaType: BulkMediaType;
}

/** application/json everywhere, application/x-ndjson where a route takes it, nothing else. */
export function addBodyParsers(
  server: FastifyInstance,
  bulkHeldBytesMax: number,
  onItems: (request: FastifyRequest, count: number) => void,
): void {
  const room = new BulkRoom(bulkHeldBytesMax);
  const readBulk = async (
    request: FastifyRequest,
    payload: IncomingMessage,
    splitter: ArraySplitter | LineSplitter,
    bodyLimit: number,
  ): Promise<BulkBody> => {
    const body = await room.read(payload, splitter, bodyLimit);
    onItems(request, body.items.length);
    return body;
  };
  const openBulk = (
    request: FastifyRequest,
    payload: IncomingMessage,
    splitter: ArraySplitter | LineSplitter,
    { bulk, bodyLimit, mediaType }: Bulk,
  ): BulkStream | Promise<BulkBody> => {
    if (!bulk.isStreamed) return readBulk(request, payload, splitter, bodyLimit);
    // The first of them is the request itself.
    let isFirst = true;
    const onMore = (count: number): void => {
      if (count === 0) return;
      onItems(request, isFirst ? count : count + 1);
      isFirst = false;
    };
    return new BulkStream({ payload, splitter, bytesMax: bodyLimit, mediaType, onItems: onMore });
  };
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    // No promise of its own around the one of the body: it would cost every request. What it throws, Fastify catches.
    (request: FastifyRequest, payload: IncomingMessage): Promise<unknown> => {
      const { bulk, bodyLimit } = expect(request);
      if (bulk === undefined) return readBytes(payload, bodyLimit).then(readWhole);
      const how = { bulk, bodyLimit, mediaType: 'application/json' } as const;
      return Promise.resolve(openBulk(request, payload, new ArraySplitter(bulk), how));
    },
  );
  server.addContentTypeParser(
    'application/x-ndjson',
    async (request: FastifyRequest, payload: IncomingMessage) => {
      const { bulk, bodyLimit } = expect(request);
      if (bulk === undefined) throw unsupported('the body must be application/json');
      const how = { bulk, bodyLimit, mediaType: 'application/x-ndjson' } as const;
      return openBulk(request, payload, new LineSplitter(bulk), how);
    },
  );
}

/** Before a byte of the body is read. @throws HttpProblem 413, 415 */
function expect(request: FastifyRequest): {
  readonly bulk: BulkItems | undefined;
  readonly bodyLimit: number;
} {
  const { headers, routeOptions } = request;
  const { 'content-type': type = '', 'content-encoding': coding } = headers;
  if (coding !== undefined && coding.toLowerCase() !== 'identity') {
    throw unsupported('the body must come without a content coding', {
      'accept-encoding': 'identity',
    });
  }
  const [, charset] = charsetPattern.exec(type) ?? [];
  if (charset !== undefined && !utf8Pattern.test(charset)) {
    throw unsupported('the body must be UTF-8');
  }
  const { bodyLimit } = routeOptions;
  if (Number(headers['content-length']) > bodyLimit) throw bodyTooLarge();
  return { bulk: (routeOptions.config as Partial<RouteAccess>).bulk, bodyLimit };
}

const charsetPattern = /;\s*charset\s*=\s*"?([^";\s]*)/i;
const utf8Pattern = /^utf-?8$/i;

function readWhole(bytes: Buffer): unknown {
  // A DELETE or POST without a body whose client sends a content type all the same.
  if (bytes.length === 0) return undefined;
  if (!isUtf8(bytes)) throw new HttpProblem('invalid-request', 'the body is not UTF-8');
  if (isNestedTooDeep(bytes)) throw new HttpProblem('invalid-request', `the body ${DEPTH_RULE}`);
  return readJson(bytes.toString('utf8'), 'the body');
}

function unsupported(detail: string, headers: Readonly<Record<string, string>> = {}): HttpProblem {
  return new HttpProblem('unsupported-media-type', detail, { headers });
}
