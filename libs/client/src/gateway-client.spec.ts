import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseDigits } from '@billing/contracts';
import { GatewayClient } from './gateway-client.js';

describe('a client of a gateway', () => {
  let server: Server;
  let url: string;
  let client: GatewayClient;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    client = new GatewayClient({ url, token: 't', timeoutMs: 20_000 });
  });
  afterAll(async () => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  });

  test('sends token, key and body, with the digits of whole numbers as they are', async () => {
    answer = (request, response) => {
      const { method, url, headers } = request;
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        response.setHeader('idempotency-replayed', 'true');
        const { authorization, 'idempotency-key': key } = headers;
        response.end(JSON.stringify({ method, url, authorization, key, body }));
      });
    };
    const { body, headers } = await client.ask({
      method: 'POST',
      path: '/v1/x',
      body: parseDigits('{"id":9223372036854775807}') as object,
      idempotencyKey: 'k',
    });
    expect(body).toEqual({
      method: 'POST',
      url: '/v1/x',
      authorization: 'Bearer t',
      key: 'k',
      body: '{"id":9223372036854775807}',
    });
    expect(headers.get('idempotency-replayed')).toBe('true');
  });

  test('has no body to give where none came', async () => {
    answer = (_, response) => void response.writeHead(204).end();
    expect((await client.ask({ method: 'DELETE', path: '/v1/x' })).body).toBeUndefined();
  });

  test.each<[string, number, string, object]>([
    [
      'of fields',
      400,
      '{"detail":"no","errors":[{"field":"amount","message":"is not one"}]}',
      { message: 'amount is not one', fields: 'amount is not one', detail: 'no' },
    ],
    ['of its detail', 409, '{"detail":"taken"}', { message: 'taken', fields: undefined }],
    ['of no problem at all', 502, 'x'.repeat(400), { text: 'x'.repeat(300), detail: undefined }],
  ])('tells a refusal in words %s', async (_, status, text, said) => {
    answer = (_request, response) => void response.writeHead(status).end(text);
    const asked = client.ask({ method: 'GET', path: '/v1/x' });
    await expect(asked).rejects.toMatchObject({ name: 'GatewayAnswerError', status, ...said });
  });

  test('waits no longer than it may', async () => {
    answer = () => undefined;
    const hasty = new GatewayClient({ url, token: 't', timeoutMs: 100 });
    const asked = hasty.ask({ method: 'GET', path: '/v1/x' });
    await expect(asked).rejects.toMatchObject({
      name: 'GatewaySilentError',
      reason: expect.stringContaining('timeout'),
    });
  });

  test('says by its code why nobody answers', async () => {
    const gone = createServer();
    await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
    const nowhere = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
    await new Promise((resolve) => gone.close(resolve));
    const nobody = new GatewayClient({ url: nowhere, token: 't', timeoutMs: 20_000 });
    const asked = nobody.ask({ method: 'GET', path: '/v1/x' });
    await expect(asked).rejects.toMatchObject({ reason: 'ECONNREFUSED' });
  });
});
