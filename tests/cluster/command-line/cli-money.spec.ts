import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '@billing/cluster';
import { startCluster } from '@billing/testing';
import { runBilling, type Said } from './billing-program.js';

// What services do with money, done by a person: any of the two datacenters answers.
let cluster: Cluster;
let account: string;

beforeAll(async () => {
  cluster = await startCluster({ nodeCount: 2, postgres: { fsync: false } });
  account = String((await json('accounts', 'open', 'Ada', '--balance', '100.00'))['accountId']);
}, 180_000);

afterAll(() => cluster?.destroy(), 60_000);

const billing = (
  args: readonly string[],
  more: Parameters<typeof runBilling>[2] = {},
): Promise<Said> => runBilling(cluster, args, more);

async function json(...args: string[]): Promise<Record<string, unknown>> {
  const { exitCode, out, err } = await billing([...args, '--json']);
  expect([exitCode, err]).toEqual([0, expect.any(String)]);
  return JSON.parse(out) as Record<string, unknown>;
}

const order = (amount: string, ...more: string[]): string[] => [
  ...[account, '--amount', amount, '--currency', 'USD', '--yes'],
  ...more,
];
const keySaid = ({ err }: Said): string => /under the key (\S+)/.exec(err)![1]!;

test('an account is opened once under its key, and seen at the other datacenter', async () => {
  const args = ['accounts', 'open', 'Bob', '--balance', '10.00', '--node', 'dc2'];
  const first = await billing(args);
  expect(first.out).toMatch(
    /^account +\d+\nusername +Bob\ncurrency +USD\nhome +dc2\nopened +now\n/,
  );
  const again = await json(...args, '--key', keySaid(first));
  expect(again).toMatchObject({ replayed: true, heardBy: 'dc2' });
  const [id, position] = [String(again['id']), String(again['position'])];
  expect(await json('accounts', 'show', id, '--node', 'dc1', '--after', position)).toMatchObject({
    accountId: id,
    total: '10.00',
    stale: false,
    heardBy: 'dc1',
  });
});

test('a pay-in is taken, credited, and stands in the history', async () => {
  const { out } = await billing(['pay-in', ...order('12.50', '--reference', 'invoice 7')]);
  const [receipt, commandId, takenBy, position] = [
    'receipt',
    'command',
    'taken by',
    'position',
  ].map((name) => new RegExp(`^${name} +(\\S+)$`, 'm').exec(out)![1]!) as [
    string,
    string,
    string,
    string,
  ];
  expect(takenBy).toBe('dc1');
  const show = ['pay-ins', 'show', receipt, commandId, '--after', position];
  expect((await billing(show)).out).toMatch(/^status +applied\nnode +dc1$/);
  const history = ['accounts', 'history', account, '--after', position, '--node', '2'];
  expect((await billing(history)).out).toMatch(/ dc1 +pay_in +committed +12\.50 +\S+ +invoice 7$/m);
  expect(await json(...history, '--limit', '1')).toMatchObject({
    operations: [{ type: 'pay_in', amount: '12.50', commandId }],
    nextCursor: expect.any(String),
  });
  const listed = await billing([...history, '--type', 'pay_in', '--entries']);
  expect(listed.out).toMatch(/\n {2}\S+ +dc1 +pay_in +12\.50$/m);
});

test('a pay-out is made once under its key, and found by its id', async () => {
  const made = await json('pay-out', ...order('80.00'));
  expect(made).toMatchObject({ amount: '80.00', replayed: false, heardBy: 'dc1' });
  const again = await billing([
    'pay-out',
    ...order('80.00', '--key', String(made['idempotencyKey'])),
  ]);
  expect(again.out).toMatch(/^paid +before, under this key$/m);
  const show = ['pay-outs', 'show', String(made['payOutId']), '--node', 'dc2'];
  const { out } = await billing([...show, '--after', String(made['position'])]);
  expect(out).toMatch(/^amount +80\.00 USD\nfrom +dc[12] \d+\.\d\d, dc[12] \d+\.\d\d$/m);
});

test('a service is made, charged for, repriced and retired', async () => {
  const create = ['services', 'create', 'Traffic', '--price', '0.0125', '--currency', 'USD'];
  const made = await json(...create, '--unit', 'MB');
  const id = String(made['id']);
  expect((await billing([...create, '--unit', 'MB'])).out).toMatch(/^service +1\nname +Traffic\n/);
  const args = ['charge', account, '--service', id, '--quantity', '200', '--yes'];
  const charged = await billing(args);
  expect(charged.err).toMatch('200 MB of Traffic at 0.0125 USD');
  expect(charged.out).toMatch(/^amount +2\.50 USD\nservice +1\nquantity +200 MB\nprice +0\.0125$/m);
  const again = await json(...args, '--key', keySaid(charged));
  expect(again).toMatchObject({ replayed: true, charge: { serviceId: id, price: '0.0125' } });
  const repriced = await json('services', 'reprice', id, '--price', '0.02', '--node', 'dc2');
  expect(repriced).toMatchObject({
    price: '0.02',
    prices: [{ price: '0.02' }, { price: '0.0125' }],
  });
  expect((await billing(['services', 'list'])).out).toMatch(/^1 +Traffic +0\.02 +USD +MB$/m);
  await json('services', 'retire', id, '--yes');
  expect((await billing(['services', 'show', id])).out).toMatch(/^retired +20/m);
  expect((await billing(['services', 'show', '99'])).exitCode).toBe(1);
});

test('a refund is made once under its key, and shown with its pay-out', async () => {
  const { payOutId, position } = await json('pay-out', ...order('3.00'));
  const args = ['refund', String(payOutId), '--amount', '1.25', '--currency', 'USD', '--yes'];
  const first = await billing([...args, '--reference', 'broken']);
  expect(first.out).toMatch(
    new RegExp(
      `^refund +\\S+\npay-out +${String(payOutId)}\naccount +${account}\namount +1\\.25 USD\nrefunded +1\\.25\nremaining +1\\.75\nmade +now\n`,
    ),
  );
  const again = await json(...args, '--reference', 'broken', '--key', keySaid(first));
  expect(again).toMatchObject({ amount: '1.25', remaining: '1.75', replayed: true });
  // Whoever hears it, the datacenter of the pay-out decides.
  const rest = [...args.map((arg) => (arg === '1.25' ? '1.75' : arg)), '--node', 'dc2'];
  expect(await json(...rest, '--key', 'the rest')).toMatchObject({
    refunded: '3.00',
    remaining: '0.00',
    replayed: false,
  });
  const show = ['pay-outs', 'show', String(payOutId), '--after', String(position)];
  expect((await billing(show)).out).toMatch(/^refunded +3\.00$/m);
  expect(await billing(args)).toMatchObject({ exitCode: 1, out: '' });
  const history = ['accounts', 'history', account, '--after', String(again['position'])];
  expect((await billing(history)).out).toMatch(/ dc1 +refund +committed +1\.25 +\S+ +broken$/m);
});

test('a hold is authorised, captured, extended and voided, each once under its key', async () => {
  const made = await billing(['holds', 'authorise', ...order('5.00', '--held-for', '2h')]);
  const holdId = /^hold +(\S+)$/m.exec(made.out)![1]!;
  expect(made.out).toMatch(/^amount +5\.00 USD\nstatus +open\n/m);
  const capture = ['holds', 'capture', holdId, '--amount', '1.25', '--currency', 'USD', '--yes'];
  const first = await billing(capture);
  expect(first.out).toMatch(/^captured +1\.25\nunknown +0\.00\nover +0\.00\n/m);
  const again = await json(...capture, '--key', keySaid(first), '--node', 'dc2');
  expect(again).toMatchObject({ captured: '1.25', replayed: true });
  const captureId = String(again['captureId']);
  const refund = ['holds', 'refund', holdId, captureId, '--amount', '1.00', '--currency', 'USD'];
  const refunded = await billing([...refund, '--yes', '--node', 'dc2']);
  expect(refunded.out).toMatch(/^refunded +1\.00\nremaining +0\.25\n/m);
  expect(await json(...refund, '--yes', '--key', keySaid(refunded))).toMatchObject({
    captureId,
    replayed: true,
  });
  expect(await billing([...refund, '--yes'])).toMatchObject({ exitCode: 1, out: '' });
  expect(await json('holds', 'extend', holdId, '--held-for', '3d')).toMatchObject({
    hold: { status: 'open' },
  });
  const voided = await json('holds', 'void', holdId, '--yes');
  expect(voided).toMatchObject({ returned: '3.75', unknown: '0.00' });
  const show = ['holds', 'show', holdId, '--after', String(voided['position'])];
  expect((await billing(show)).out).toMatch(/^status +voided\ncaptured +1\.25$/m);
  expect(await billing(capture)).toMatchObject({ exitCode: 1, out: '' });
  const wrong = ['holds', 'extend', holdId, '--held-for', 'long'];
  expect(await billing(wrong)).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('such as 30s'),
  });
});

test('what is refused says why: exit code 1, 2 for what cannot be', async () => {
  expect(await billing(['pay-out', ...order('1000.00')])).toMatchObject({ exitCode: 1, out: '' });
  expect(await billing(['pay-out', ...order('1.001')])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('amount'),
  });
  expect(await billing(['pay-in', ...order('1.00', '--key', randomUUID())])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('<uuid>@dc1'),
  });
  const unsure = order('1.00').filter((arg) => arg !== '--yes');
  expect((await billing(['pay-out', ...unsure], { answer: 'n' })).exitCode).toBe(1);
  expect((await billing(['pay-outs', 'show', randomUUID()])).exitCode).toBe(1);
});

test('GATEWAY_URL names one, and --node says whose it is', async () => {
  const tokenFile = join(cluster.home, 'someone.token');
  writeFileSync(tokenFile, await cluster.signToken());
  const environment = { GATEWAY_URL: `${cluster.gatewayUrl(2)}/`, TOKEN_FILE: tokenFile };
  const show = ['accounts', 'show', account];
  expect(await billing(show, { environment })).toMatchObject({
    exitCode: 2,
    err: 'whose is GATEWAY_URL? --node dc1',
  });
  const { out } = await billing([...show, '--node', 'dc2'], { environment });
  expect(out).toMatch(/^seen by +dc2\n\npart +balance +reserved +reached +as of\ndc1 /m);
});

test('while the gateway that is asked first is away, the other one answers', async () => {
  await cluster.killMember('gateway', 1);
  expect(await json('pay-in', ...order('1.00'))).toMatchObject({ heardBy: 'dc2' });
  expect(await json('pay-out', ...order('1.00'))).toMatchObject({ heardBy: 'dc2' });
  expect(await json('accounts', 'show', account)).toMatchObject({ heardBy: 'dc2' });
  await cluster.startMember('gateway', 1);
}, 60_000);
