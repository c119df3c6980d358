import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as library from '@billing/client';

const clone = join(import.meta.dirname, '..');
const TIMEOUT_MS = 120_000;
const run = promisify(execFile);
let folder: string;
let service: string;

// A service in a folder of its own, which has the archive and nothing else of ours.
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'billing-client-'));
  service = join(folder, 'service');
  mkdirSync(service);
  const script = join(clone, 'tools/pack-client.mjs');
  const archive = execFileSync(process.execPath, [script, '--out', folder], { encoding: 'utf8' });
  writeFileSync(join(service, 'package.json'), '{"type":"module"}');
  const install = ['install', '--offline', '--no-audit', '--no-fund', archive.trim()];
  execFileSync('npm', install, { cwd: service, stdio: 'pipe' });
}, TIMEOUT_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('installs alone, without a network', () => {
  const lock = JSON.parse(readFileSync(join(service, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { version?: string; dependencies?: object }>;
  };
  const { version } = JSON.parse(readFileSync(join(clone, 'libs/client/package.json'), 'utf8')) as {
    version: string;
  };
  expect(Object.keys(lock.packages)).toEqual(['', 'node_modules/@geo-billing/client']);
  expect(lock.packages['node_modules/@geo-billing/client']).toMatchObject({ version });
});

describe('a program that has it', () => {
  let server: Server;
  let url: string;
  let keys: unknown[];

  beforeAll(async () => {
    keys = [];
    server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      request.resume().on('end', () => response.writeHead(201).end('{"payOutId":"1"}'));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => new Promise((resolve) => server.close(resolve)));

  test(
    'imports what the library exports, and pays out',
    async () => {
      const program = `
        import * as client from '@geo-billing/client';
        const billing = new client.BillingClient({ datacenters: [{ nodeId: 3, url: '${url}' }], token: 't' });
        const metadata = { order: 7 };
        const { payOut } = await billing.payOut({ accountId: '17', amount: '1.00', currency: 'USD', metadata });
        console.log(JSON.stringify({ names: Object.keys(client), payOut }));`;
      writeFileSync(join(service, 'program.js'), program);
      const { stdout } = await run(process.execPath, ['program.js'], { cwd: service });
      expect(JSON.parse(stdout)).toEqual({
        names: Object.keys(library).sort(),
        payOut: { payOutId: '1' },
      });
      expect(keys).toEqual([expect.stringMatching(/@dc3$/)]);
    },
    TIMEOUT_MS,
  );

  test(
    'is checked against its types, and what they do not allow is refused',
    async () => {
      const program = `
        import { BillingClient, type PayOutAnswer } from '@geo-billing/client';
        const billing = new BillingClient({ datacenters: [{ nodeId: 1, url: '' }], token: '' });
        const order = { accountId: '17', amount: '1.00', currency: 'USD' };
        export const paid: Promise<PayOutAnswer> = billing.payOut(order);
        // @ts-expect-error an amount is text
        export const wrong = billing.payOut({ ...order, amount: 1 });`;
      writeFileSync(join(service, 'program.ts'), program);
      const check = [
        join(clone, 'node_modules/typescript/bin/tsc'),
        ...['--strict', '--noEmit', '--skipLibCheck', '--module', 'nodenext', '--lib', 'es2024'],
        ...['--types', 'node', '--typeRoots', join(clone, 'node_modules/@types'), 'program.ts'],
      ];
      await run(process.execPath, check, { cwd: service });
    },
    TIMEOUT_MS,
  );
});
