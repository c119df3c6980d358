import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { payBulk } from './bulk.command.js';
import type { Terminal } from './terminal.js';

let folder: string;
let server: Server;
let asked: { path: string; text: string; body: { idempotencyKey: string }[] }[];
let printed: string[];
let complained: string[];
let terminal: Terminal;

/** By their keys: refused, or paid. */
function answer({ idempotencyKey: key }: { idempotencyKey: string }, index: number): object {
  if (key.includes('refused')) {
    const body = { type: '/problems/insufficient-funds', retryable: false, detail: 'too little' };
    return { index, status: 422, body };
  }
  if (key.includes('none')) {
    const body = { type: '/problems/invalid-request', retryable: false, detail: 'no amount' };
    return { index, status: 400, body };
  }
  return { index, status: 201, body: { payOutId: `p${index}` } };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'bulk-'));
  [asked, printed, complained] = [[], [], []];
  server = createServer((request, response) => {
    void (async () => {
      let text = '';
      for await (const chunk of request) text += String(chunk);
      const body = JSON.parse(text) as { idempotencyKey: string }[];
      asked.push({ path: request.url!, text, body });
      response.end(JSON.stringify(body.map(answer)));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  writeFileSync(join(folder, 'token'), 'a token');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  terminal = {
    environment: { GATEWAY_URL: url, TOKEN_FILE: join(folder, 'token') },
    isInteractive: false,
    print: (line) => void printed.push(line),
    complain: (line) => void complained.push(line),
    ask: () => Promise.reject(new Error('nobody is here')),
  };
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function write(...lines: string[]): string {
  const file = join(folder, 'orders.ndjson');
  writeFileSync(file, lines.join('\n'));
  return file;
}

const lineOf = (idempotencyKey?: string, more: object = {}): string =>
  JSON.stringify({ accountId: '1', amount: '1.00', currency: 'USD', idempotencyKey, ...more });
const options = { node: 'dc1', yes: true };

test('a line each is paid under its key, and has a line of its own', async () => {
  const file = write(lineOf('a'), '', lineOf('refused'), lineOf('c'));
  expect(await payBulk('payOuts', file, options, terminal)).toBe(1);
  expect(asked).toMatchObject([
    {
      path: '/v1/pay-outs/bulk',
      body: ['a', 'refused', 'c'].map((key) => ({ idempotencyKey: key })),
    },
  ]);
  const results = printed.map((line) => JSON.parse(line) as object);
  expect(results).toMatchObject([
    { idempotencyKey: 'a', result: 'paid', payOut: { payOutId: 'p0' } },
    { idempotencyKey: 'refused', result: 'refused', error: 'too little' },
    { idempotencyKey: 'c', result: 'paid' },
  ]);
  expect(complained.at(-1)).toBe('paid: 2, refused: 1, not known, or not begun: 0');
});

test('charges go their own way, and all paid is 0', async () => {
  const file = write(lineOf('a', { serviceId: '1', quantity: '2', amount: undefined }));
  expect(await payBulk('charges', file, options, terminal)).toBe(0);
  expect(asked[0]!.path).toBe('/v1/charges/bulk');
});

test('one that is not valid is refused, not unknown', async () => {
  expect(await payBulk('payOuts', write(lineOf('none')), options, terminal)).toBe(1);
  expect(JSON.parse(printed[0]!)).toMatchObject({ result: 'refused', error: 'no amount' });
});

test('numbers of metadata keep their digits', async () => {
  const metadata = '"metadata":{"order":9007199254740993}';
  const file = write(lineOf('a').replace('{', `{${metadata},`));
  expect(await payBulk('payOuts', file, options, terminal)).toBe(0);
  expect(asked[0]!.text).toContain(metadata);
});

test.each([
  ['{"accountId":', '2: must be a JSON object'],
  ['[]', '2: must be a JSON object'],
  [lineOf(), '2: idempotencyKey is missing'],
  [lineOf('a', { home: 'dc1' }), '2: home: the key names it'],
])('nothing of a file with %s is sent', async (line, message) => {
  const file = write(lineOf('a'), line);
  await expect(payBulk('payOuts', file, options, terminal)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringContaining(`${file}:${message}`),
  });
  expect(asked).toEqual([]);
});

test('nor of one that is not there, nor unless it is agreed to', async () => {
  await expect(payBulk('payOuts', join(folder, 'none'), options, terminal)).rejects.toMatchObject({
    exitCode: 2,
  });
  const file = write(lineOf('a'));
  await expect(payBulk('payOuts', file, { node: 'dc1' }, terminal)).rejects.toThrow('--yes');
  expect(asked).toEqual([]);
});
