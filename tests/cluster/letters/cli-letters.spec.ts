import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '@billing/cluster';
import { decodePayIn } from '@billing/contracts';
import { applyPayIns, claimPartition } from '@billing/database';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { runBilling, type Said } from '../command-line/billing-program.js';
import { command } from '../pay-ins/upstream.js';

const TOPIC = 'billing.payin';
let cluster: Cluster;
let ledger: Ledger;
let account: bigint;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres', 'kafka', 'coordinator', 'gateway'],
    postgres: { fsync: false },
  });
  ledger = new Ledger(cluster, 1);
  [account] = (await ledger.openAccounts(1)) as [bigint];
  await consume([
    JSON.stringify(command(account, '1.00', { currency: 'XXQ' })),
    '{"broken',
    '{"broken too',
    JSON.stringify(command('999999', '2.50')),
    JSON.stringify(command('999998', '3.50')),
    JSON.stringify({ ...command(account, '4.00'), commandId: undefined }),
  ]);
  await eventually(
    () => billing(['dead-letters', 'replay', `${TOPIC}:0:99`, '--yes']),
    ({ exitCode }) => exitCode === 1,
  );
}, 120_000);

afterAll(async () => {
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

/** As the worker would have it. */
async function consume(texts: readonly string[]): Promise<void> {
  const values = texts.map((text) => Buffer.from(text));
  const { epoch } = await claimPartition(ledger.database, {
    topic: TOPIC,
    partition: 0,
    workerId: 'spec',
    logStart: 0n,
    highWatermark: 9n,
  });
  await applyPayIns(ledger.database, {
    topic: TOPIC,
    partition: 0,
    epoch,
    firstOffset: 0n,
    nextOffset: BigInt(values.length),
    messages: values.map((value, offset) => ({ offset: String(offset), key: null, value })),
    contents: values.map((value) => decodePayIn(value)),
  });
}

const billing = (
  args: readonly string[],
  more: Parameters<typeof runBilling>[2] = {},
): Promise<Said> => runBilling(cluster, args, more);

const stateOf = (offset: number): Promise<string> =>
  ledger.value(
    'select state::text from billing.dead_letters where message_offset = $1 and incarnation = 1',
    [offset],
  );
const balance = async (): Promise<bigint | undefined> =>
  (await ledger.localBalances([account])).get(account);

describe('a letter', () => {
  const correct = (...more: string[]): string[] => [
    ...['dead-letters', 'correct', `${TOPIC}:0:0`, '--account', String(account)],
    ...['--amount', '1.00', '--currency', 'USD', '--note', 'XXQ is USD', ...more],
  ];

  test('is corrected once somebody agrees, and shown with who did it', async () => {
    const refused = await billing(correct(), { answer: 'n' });
    expect(refused).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('"currency":"XXQ"'),
    });
    expect(await billing(correct())).toMatchObject({ exitCode: 2 });
    expect(await stateOf(0)).toBe('open');

    const metadata = ['--metadata', '{"orderId": 9007199254740993}'];
    expect(await billing(correct(...metadata), { answer: 'y' })).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/billing\.payin:0:0 +applied/),
    });
    expect((await billing(correct('--yes', ...metadata))).exitCode).toBe(0);
    expect(await balance()).toBe(100n);
    expect(await ledger.value('select metadata::text from billing.operation_metadata')).toBe(
      metadata[1],
    );
    const { out } = await billing(['dead-letters', 'show', `${TOPIC}:0:0`]);
    expect(out).toMatch(/\nact +\d.*Z developer: correct, applied, command .*: XXQ is USD/);
  });

  test('with a correction that cannot be is refused by the name of its field', async () => {
    const args = correct('--yes', '--command', randomUUID());
    args[2] = `${TOPIC}:0:1`;
    args[args.indexOf('1.00')] = '0';
    expect(await billing(args)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('dc1: payIn.amount must be above zero'),
    });
  });

  test('without a command id is replayed once', async () => {
    const args = ['dead-letters', 'replay', `${TOPIC}/0/5`, '--yes', '--json'];
    for (let n = 0; n < 2; n += 1) {
      const { exitCode, out } = await billing(args);
      expect(exitCode).toBe(0);
      expect(JSON.parse(out)).toEqual({
        results: [{ id: 'billing.payin/0/5', result: 'applied' }],
      });
    }
    expect(await balance()).toBe(500n);
  });
});

test('a name without a number is number 1, shown and acted on alike', async () => {
  await ledger.rows(
    `insert into billing.dead_letters (topic, partition_id, message_offset, incarnation, reason, detail, message_value)
     values ($1, 0, 1, 2, 'invalid_json', 'of a topic made anew', '{"anew')`,
    [TOPIC],
  );
  const named = async (name: string): Promise<string[]> => {
    const { out } = await billing(['dead-letters', 'show', name, '--json']);
    return (JSON.parse(out) as { value: { text: string } }[]).map(({ value }) => value.text);
  };
  expect(await named(`${TOPIC}:0:1`)).toEqual(['{"broken']);
  expect(await named(`${TOPIC}/0/1`)).toEqual(['{"broken']);
  expect(await named(`${TOPIC}:0:1:2`)).toEqual(['{"anew']);
  const discard = ['dead-letters', 'discard', '--note', 'noise', '--yes', '--json'];
  const { out } = await billing([...discard, `${TOPIC}:0:1:2`]);
  expect(JSON.parse(out)).toEqual({ results: [{ id: `${TOPIC}/0/1~2`, result: 'discarded' }] });
  expect(
    await ledger.rows(
      'select incarnation, state::text from billing.dead_letters where message_offset = 1 order by 1',
    ),
  ).toEqual([
    { incarnation: 1, state: 'open' },
    { incarnation: 2, state: 'discarded' },
  ]);
});

test('letters are replayed and discarded, those that are named or all that fit', async () => {
  expect(await billing(['dead-letters', 'replay', '--yes'])).toMatchObject({ exitCode: 2 });
  const one = await billing(['dead-letters', 'replay', `${TOPIC}:0:1`, `${TOPIC}:0:88`, '--yes']);
  expect(one.exitCode).toBe(1);
  expect(one.out).toMatch(/billing\.payin:0:1 +refused +invalid_json: the value is not JSON/);
  expect(one.out).toMatch(/billing\.payin:0:88 +refused +not_found/);

  const all = ['dead-letters', 'discard', '--all', '--reason', 'invalid_json'];
  expect(await billing([...all, '--yes'])).toMatchObject({
    exitCode: 2,
    err: expect.stringContaining('--note'),
  });
  const discarded = await billing([...all, '--note', 'noise', '--yes']);
  expect(discarded).toMatchObject({
    exitCode: 0,
    err: 'dc1: discards 2 dead letters',
  });
  expect([await stateOf(1), await stateOf(2)]).toEqual(['discarded', 'discarded']);
  expect(await billing([...all, '--note', 'noise', '--yes'])).toMatchObject({
    out: 'there is none',
  });
});

test('parked pay-ins are tried and discarded', async () => {
  expect(await billing(['parked', 'retry'])).toMatchObject({
    exitCode: 0,
    out: expect.stringMatching(/0:3 +parked +-\n.*0:4 +parked/),
  });
  const discard = ['parked', 'discard', `${TOPIC}:0:3`, '--note', 'never opened'];
  expect(await billing(discard)).toMatchObject({ exitCode: 2 });
  expect((await billing([...discard, '--yes'])).out).toMatch(/0:3 +discarded/);
  expect((await billing(['parked', 'discard', '--all', '--note', 'x', '--yes'])).out).toMatch(
    /0:4 +discarded/,
  );
  expect((await billing(['parked', 'list'])).out).toBe('no parked pay-ins');
  expect(await ledger.rows('select distinct client_id from billing.dead_letter_acts')).toEqual([
    { client_id: 'developer' },
  ]);
});

describe('an account', () => {
  const act = (name: 'correct' | 'delete', id: bigint, ...more: string[]): Promise<Said> =>
    billing(['accounts', name, String(id), ...more]);

  test('is corrected once a key, either sign, once somebody agrees', async () => {
    const [id] = (await ledger.openAccounts(1)) as [bigint];
    const up = ['--amount', '12.5', '--currency', 'USD', '--reason', 'paid twice', '--key', 'k1'];
    expect(await act('correct', id, ...up)).toMatchObject({ exitCode: 2 });
    const declined = await billing(['accounts', 'correct', String(id), ...up], { answer: 'n' });
    expect(declined.err).toContain(`dc1: adds 12.5 USD to its part of account ${id}`);
    expect(declined.exitCode).toBe(1);
    expect((await ledger.localBalances([id])).get(id) ?? 0n).toBe(0n);
    const ids = new Set<string>();
    for (let n = 0; n < 2; n += 1) {
      const { exitCode, out } = await act('correct', id, ...up, '--yes', '--json');
      expect(exitCode).toBe(0);
      expect(JSON.parse(out)).toEqual({
        correctionId: expect.any(String),
        accountId: String(id),
        amount: '12.50',
        currency: 'USD',
        reason: 'paid twice',
        balance: '12.50',
        idempotencyKey: 'k1',
      });
      ids.add((JSON.parse(out) as { correctionId: string }).correctionId);
    }
    expect(ids.size).toBe(1);
    const down = ['--amount=-2.50', '--currency', 'USD', '--reason', 'fee', '--yes'];
    expect(await act('correct', id, ...down)).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^dc1: account \d+ has 10\.00 USD now; correction [0-9a-f-]{36}/),
    });
    expect(await act('correct', id, ...down, '--key', 'k1')).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('came before with another request'),
    });
    down[0] = '--amount=-10.01';
    expect(await act('correct', id, ...down)).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(`this datacenter has 10.00 USD of account ${id}, too little`),
    });
    down[0] = '--amount=0';
    expect(await act('correct', id, ...down)).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('dc1: amount must not be zero'),
    });
  });

  test('is deleted when it is empty, or by force with a reason; what is left is said', async () => {
    const [empty, full] = (await ledger.openAccounts(2)) as [bigint, bigint];
    await ledger.value('select public.deposit_balance($1, 7.5, 1)', [full]);
    expect(await act('delete', full, '--yes')).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining(`dc1: account ${full} has 7.50 USD left`),
    });
    expect(await act('delete', full, '--force', '--yes')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('--reason'),
    });
    expect(await act('delete', full, '--force', '--reason', 'fraud')).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining(`dc1: deletes account ${full} for good, whatever is in it`),
    });
    expect(await act('delete', full, '--force', '--reason', 'fraud', '--yes')).toMatchObject({
      exitCode: 0,
      out: `account ${full} is deleted`,
    });
    const { exitCode, out } = await act('delete', empty, '--yes', '--json');
    expect([exitCode, JSON.parse(out)]).toEqual([0, { accountId: String(empty), deleted: true }]);
    expect(await act('delete', 63n, '--yes')).toMatchObject({ exitCode: 1 });
    expect(await billing(['audit'])).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(new RegExp(`dc1 +${full} +7\\.50 USD`)),
    });
  });
});

describe('where it goes', () => {
  const replay = ['dead-letters', 'replay', `${TOPIC}:0:1`, '--yes'];

  test('is never a database', async () => {
    const environment = { DATABASE_URL: cluster.databaseUrl(1, 'billing_operator') };
    expect(await billing(replay, { environment })).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('GATEWAY_URL and TOKEN_FILE'),
    });
  });

  test('may be a gateway by name, with a token of one’s own that has the scope', async () => {
    const TOKEN_FILE = join(cluster.home, 'spec.token');
    const GATEWAY_URL = `${cluster.gatewayUrl(1)}/`;
    writeFileSync(TOKEN_FILE, await cluster.signToken({ sub: 'shop', scope: 'pay-ins:read' }));
    expect(await billing(replay, { environment: { GATEWAY_URL, TOKEN_FILE } })).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('the token lacks the scope operator:act'),
    });
    writeFileSync(TOKEN_FILE, await cluster.signToken({ sub: 'ludmila' }));
    expect(await billing(replay, { environment: { GATEWAY_URL, TOKEN_FILE } })).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('already_resolved: developer discarded it at'),
    });
    const away = { GATEWAY_URL: 'http://127.0.0.1:1', TOKEN_FILE };
    expect(await billing(replay, { environment: away })).toMatchObject({
      exitCode: 3,
      err: expect.stringContaining('its gateway does not answer: '),
    });
  });
});
