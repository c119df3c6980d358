import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '@billing/cluster';
import { decodePayIn } from '@billing/contracts';
import { applyPayIns, claimPartition } from '@billing/database';
import { Ledger, startCluster } from '@billing/testing';
import { runBilling, type Said } from './billing-program.js';
import { command } from '../pay-ins/upstream.js';

const TOPIC = 'billing.payin';
const program = fileURLToPath(new URL('../../../tools/cli/bin/billing.js', import.meta.url));
let cluster: Cluster;
let one: Ledger;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 2,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
  one = new Ledger(cluster, 1);
  const two = new Ledger(cluster, 2);
  await consume(one);
  await claim(two, 5, 0n, 0n);
  // The log begins behind what is stored: halted.
  await claim(one, 4, 20n, 20n);
  await claim(one, 4, 50n, 60n);
  await two.close();
}, 120_000);

afterAll(async () => {
  await one?.close();
  await cluster?.destroy();
}, 60_000);

const claim = (ledger: Ledger, partition: number, logStart: bigint, highWatermark: bigint) =>
  claimPartition(ledger.database, {
    topic: TOPIC,
    partition,
    workerId: 'spec',
    logStart,
    highWatermark,
  });

/** One message credited, one parked, two dead: as the worker would have it. */
async function consume(ledger: Ledger): Promise<void> {
  const [account] = (await ledger.openAccounts(1)) as [bigint];
  const values = [
    JSON.stringify(command(account, '1.00')),
    JSON.stringify(command('999999', '2.50', { reference: 'waits' })),
    '{"broken\u001b',
    JSON.stringify(command(account, '3.00', { currency: 'EUR' })),
  ].map((text) => Buffer.from(text));
  const { epoch } = await claim(ledger, 0, 0n, 4n);
  await applyPayIns(ledger.database, {
    topic: TOPIC,
    partition: 0,
    epoch,
    firstOffset: 0n,
    nextOffset: 4n,
    messages: values.map((value, offset) => ({
      offset: String(offset),
      key: Buffer.from('k'),
      value,
    })),
    contents: values.map((value) => decodePayIn(value)),
  });
}

const billing = (
  args: readonly string[],
  more: Parameters<typeof runBilling>[2] = {},
): Promise<Said> => runBilling(cluster, args, more);

async function json(args: readonly string[]): Promise<unknown> {
  const { exitCode, out } = await billing([...args, '--json']);
  expect(exitCode).toBe(0);
  return JSON.parse(out);
}

const nextOffset = (partition: number): Promise<bigint> =>
  one.value('select next_offset from billing.consumer_offsets where partition_id = $1', [
    partition,
  ]);

test('lists where every partition of every node stands, and what is halted', async () => {
  expect(await json(['offsets', 'list'])).toEqual([
    { node: 'dc1', topic: TOPIC, partition: 0, nextOffset: '4', epoch: '1', workerId: 'spec' },
    {
      node: 'dc1',
      topic: TOPIC,
      partition: 4,
      nextOffset: '20',
      epoch: expect.any(String),
      workerId: 'spec',
      haltReason: 'log_truncated',
      haltDetail: expect.stringContaining('30 message(s) are gone'),
    },
    { node: 'dc2', topic: TOPIC, partition: 5, nextOffset: '0', epoch: '1', workerId: 'spec' },
  ]);
  const { out } = await billing(['offsets', 'list', '--node', '1']);
  expect(out).toMatch(/^node +topic +partition +next offset +worker +halted\n/);
  expect(out).toContain('1 halted');
  expect(out).not.toContain('dc2');
});

test('lists drains in doubt one by one, the longest first, and who is waited for', async () => {
  const [undecided, untold, reserved] = [randomUUID(), randomUUID(), randomUUID()];
  const payOut = randomUUID();
  const [account] = (await one.openAccounts(1)) as [bigint];
  await one.force(`
    insert into billing.pay_out_attempts (id, pay_out_id, account_id, amount_minor, state, started_at, deadline_at, untold_nodes) values
      ('${undecided}', '${payOut}', ${account}, 250, 'pending', '2026-01-03Z', '2026-01-03 00:00:05Z', '{}'),
      ('${untold}', '${payOut}', ${account}, 300, 'committed', '2026-01-01Z', '2026-01-01 00:00:05Z', '{2}');
    insert into billing.reservations (attempt_id, round, account_id, coordinator_node_id, amount_minor, state, deadline_at)
    select '${reserved}', r, ${account}, 2, 100, 'reserved', '2026-01-02Z' from generate_series(1, 2) r;`);
  try {
    const drain = { node: 'dc1', accountId: String(account), currency: 'USD' };
    expect(await json(['drains', 'list'])).toEqual({
      total: 3,
      items: [
        {
          ...drain,
          stage: 'untold',
          payOutId: payOut,
          attemptId: untold,
          amountMinor: '300',
          since: '2026-01-01T00:00:00.000Z',
          nodeIds: [2],
        },
        {
          ...drain,
          stage: 'reserved',
          attemptId: reserved,
          amountMinor: '200',
          since: '2026-01-02T00:00:00.000Z',
          nodeIds: [2],
        },
        {
          ...drain,
          stage: 'undecided',
          payOutId: payOut,
          attemptId: undecided,
          amountMinor: '250',
          since: '2026-01-03T00:00:05.000Z',
          nodeIds: [1],
        },
      ],
    });
    const { out } = await billing(['drains', 'list', '--limit', '1']);
    expect(out).toMatch(/^node +stage +since +pay-out +attempt +account +amount +waits for\n/);
    expect(out).toMatch(/ untold .* 3\.00 USD +dc2\n1 of 3 drains in doubt: --limit$/);
  } finally {
    await one.force(`
      delete from billing.pay_out_attempts where id in ('${undecided}', '${untold}');
      delete from billing.reservations where attempt_id = '${reserved}';`);
  }
  expect(await billing(['drains', 'list'])).toMatchObject({
    exitCode: 0,
    out: 'no drains in doubt',
  });
});

describe('accepting an offset', () => {
  const accept = (...more: string[]): string[] => [
    ...['offsets', 'accept', '--partition', '4', '--offset', '50'],
    ...more,
  ];

  test('asks which node, and for a yes; without them nothing changes', async () => {
    expect(await billing(accept('--yes'))).toMatchObject({
      exitCode: 2,
      err: 'which node? --node dc1 | dc2',
    });
    expect(await billing(accept('--node', 'dc1'))).toMatchObject({ exitCode: 2 });
    const refused = await billing(accept('--node', 'dc1'), { answer: '' });
    expect(refused.exitCode).toBe(1);
    expect(refused.err).toContain('SKIPS offsets 20 to 49, 30 at most');
    expect(await nextOffset(4)).toBe(20n);
  });

  test('goes on where it was said, and remembers who said it', async () => {
    const said = await billing(accept('--node', 'dc1', '--as', 'Ludmila'), { answer: 'y' });
    expect(said).toMatchObject({
      exitCode: 0,
      out: 'dc1: partition 4 of billing.payin goes on at offset 50',
    });
    const back = ['offsets', 'accept', '--node=1', '--partition=4', '--offset=45', '--yes'];
    expect((await billing(back)).err).toContain('reads offsets 45 to 49 again');
    expect(
      await one.rows(
        'select from_offset, to_offset, halt_reason::text, accepted_by from billing.offset_acceptances order by id',
      ),
    ).toEqual([
      {
        from_offset: 20n,
        to_offset: 50n,
        halt_reason: 'log_truncated',
        accepted_by: 'Ludmila (billing_operator)',
      },
      {
        from_offset: 50n,
        to_offset: 45n,
        halt_reason: null,
        accepted_by: `${userInfo().username} (billing_operator)`,
      },
    ]);
    expect(await nextOffset(4)).toBe(45n);
  });

  test('of a partition that was never consumed is refused', async () => {
    const args = ['offsets', 'accept', '--node=1', '--partition=11', '--offset=1', '--yes'];
    expect(await billing(args)).toMatchObject({
      exitCode: 1,
      err: 'dc1 has no offset of partition 11 of billing.payin; it has 0, 4',
    });
  });
});

test('lists parked pay-ins', async () => {
  expect(await json(['parked', 'list'])).toEqual({
    total: 1,
    items: [
      expect.objectContaining({
        node: 'dc1',
        partition: 0,
        offset: '1',
        accountId: '999999',
        amountMinor: '250',
        reference: 'waits',
      }),
    ],
  });
  const { out } = await billing(['parked', 'list']);
  expect(out).toContain('2.50 USD');
  expect(out).toContain('\n1 parked pay-ins');
});

describe('dead letters', () => {
  test('are listed, all or those that are asked for', async () => {
    const reasons = async (...more: string[]): Promise<string[]> => {
      const { items } = (await json(['dead-letters', 'list', ...more])) as {
        items: { reason: string }[];
      };
      return items.map(({ reason }) => reason).sort();
    };
    expect(await reasons()).toEqual(['currency_mismatch', 'invalid_json']);
    expect(await reasons('--reason', 'invalid_json', '--state', 'open')).toEqual(['invalid_json']);
    expect(await reasons('--account', '65')).toEqual([]);
    expect(await reasons('--node', 'dc2')).toEqual([]);
    expect(await billing(['dead-letters', 'list', '--limit', '1'])).toMatchObject({
      exitCode: 0,
      out: expect.stringContaining('1 of 2 dead letters'),
    });
    expect(await billing(['dead-letters', 'list', '--reason', 'nonsense'])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('nonsense'),
    });
  });

  test('are shown with their bytes, which do nothing to the terminal', async () => {
    const shown = await billing(['dead-letters', 'show', `${TOPIC}:0:2`]);
    expect(shown.out).toMatch(/^reason +invalid_json: /m);
    expect(shown.out).toMatch(/^value +{"broken\\u{1b}$/m);
    const [letter] = (await json(['dead-letters', 'show', `${TOPIC}:0:2`, '--node=1'])) as {
      value: { base64: string };
    }[];
    expect(Buffer.from(letter!.value.base64, 'base64').toString()).toBe('{"broken\u001b');
    expect(await billing(['dead-letters', 'show', `${TOPIC}:0:3:7`])).toMatchObject({
      exitCode: 1,
      err: 'there is no dead letter of that name',
    });
  });
});

describe('DATABASE_URL', () => {
  const environment = (change: Record<string, string> = {}) => ({
    DATABASE_URL: cluster.databaseUrl(2, 'billing_operator'),
    DATABASE_PASSWORD_FILE: cluster.secrets.passwordFile('billing_operator'),
    ...change,
  });
  const list = (change: Record<string, string> = {}, ...more: string[]): Promise<Said> =>
    billing(['offsets', 'list', ...more], { environment: environment(change) });

  test('names the one node that is meant', async () => {
    const { exitCode, out } = await list();
    expect(exitCode).toBe(0);
    expect(out).toMatch(/\ndc2 +billing\.payin +5 /);
    expect(await list({}, '--node', '1')).toMatchObject({
      exitCode: 1,
      err: 'dc1: node_id of the database is 2, this process wants 1',
    });
  });

  test('with a wrong password, or one inside, is refused with words and no secret', async () => {
    const wrong = await list({ DATABASE_PASSWORD: randomUUID() });
    expect(wrong).toMatchObject({
      exitCode: 1,
      err: 'DATABASE_URL: it does not let this role into this database: see DATABASE_PASSWORD_FILE (28P01)',
    });
    const secret = await list({ DATABASE_URL: 'postgres://a:secret@127.0.0.1:1/billing' });
    expect(secret.exitCode).toBe(2);
    expect(secret.err).not.toContain('secret@');
  });

  test('of a role without the right is refused with words', async () => {
    const refused = await list({
      DATABASE_URL: cluster.databaseUrl(2, 'billing_coordinator'),
      DATABASE_PASSWORD_FILE: cluster.secrets.passwordFile('billing_coordinator'),
    });
    expect(refused).toMatchObject({
      exitCode: 1,
      err: 'DATABASE_URL: the role may not do this: use billing_operator (42501)',
    });
  });
});

test('billing is a program: it prints the token that opens the gateways, and ends with its exit code', async () => {
  const run = (args: readonly string[]): Promise<Said> =>
    new Promise((resolve) => {
      const child = spawn(process.execPath, [program, ...args], {
        env: { PATH: process.env['PATH'], BILLING_HOME: cluster.home },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let out = '';
      let err = '';
      child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
      child.on('close', (code) => resolve({ exitCode: code ?? -1, out, err }));
    });
  const { exitCode, out } = await run(['token']);
  expect(exitCode).toBe(0);
  const claims = JSON.parse(Buffer.from(out.split('.')[1]!, 'base64url').toString()) as object;
  expect(claims).toMatchObject({ sub: 'developer', iss: 'geo-billing' });
  expect(await run(['offsets', 'accept'])).toMatchObject({ exitCode: 2 });
  expect(await run(['offsets', 'list', '--node', 'dc9'])).toMatchObject({
    exitCode: 2,
    err: 'there is no datacenter "dc9", only dc1, dc2\n',
  });
}, 30_000);

test('a node that is away is named, and the others are shown', async () => {
  await cluster.stopMember('postgres', 2);
  expect(await billing(['offsets', 'list'])).toMatchObject({
    exitCode: 3,
    out: expect.stringMatching(/\ndc1 /),
    err: expect.stringMatching(/^dc2: its PostgreSQL does not answer: .+$/),
  });
}, 30_000);
