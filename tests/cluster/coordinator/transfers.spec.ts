import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import {
  beginTransfers,
  deliverTransfers,
  markTransfersDelivered,
  openAccount,
  probeNode,
} from '@billing/database';
import { partsAt, whereTheMoneyIs } from './account-parts.js';
import { eventually, Ledger, startCluster } from '@billing/testing';

// The steps of a transfer by hand, without a coordinator: each repeated, each failed at.
let cluster: Cluster;
let one: Ledger;
let two: Ledger;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 2,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
  one = new Ledger(cluster, 1);
  two = new Ledger(cluster, 2);
}, 120_000);

afterAll(async () => {
  await one?.close();
  await two?.close();
  await cluster?.destroy();
}, 60_000);

const LIMIT = 100;
const TIMEOUT_MS = 3_000;
const begin = () => beginTransfers(one.database, 2, LIMIT);
const bring = (timeoutMs = TIMEOUT_MS) => deliverTransfers(one.database, 2, LIMIT, timeoutMs);
const sent = `select coalesce(string_agg(id::text, ' ' order by id), '') from billing.transfers
              where node_id = 1 and state in ('in_transit', 'delivered')`;
/** Once replication shows node 2 what is brought. */
const deliver = async (timeoutMs = TIMEOUT_MS) => {
  const wanted = await one.value<string>(sent);
  await eventually(
    () => two.value<string>(sent),
    (seen) => seen === wanted,
  );
  return bring(timeoutMs);
};
/** What node 2 says to whoever comes as node 1. */
const takenByTwo = (id: string, accountId: string, amount: number, mayAsk = false) =>
  one.value<{ refused: string[]; unseen: string[] }>(
    `select billing.query_node(connect_to_node(2), format(
       'select billing.take_transfers(array[%L::uuid], array[%s::bigint], array[%s::bigint], %L)::text',
       $1::text, $2::text, $3::text, $4::text))::jsonb`,
    [id, accountId, amount, mayAsk],
  );
/** A row of node 1's that shows a transfer, without its debit. */
async function show(id: string, accountId: string, amount: number): Promise<void> {
  await one.rows(
    `/* show */ insert into billing.transfers (id, node_id, to_node_id, account_id, amount_minor, state)
     values ($1, 1, 2, $2, $3, 'delivered')`,
    [id, accountId, amount],
  );
  await eventually(
    () => two.value<boolean>('select count(*) = 1 from billing.transfers where id = $1', [id]),
    (shown) => shown,
  );
}
const mark = (ids: readonly string[], refused: readonly string[] = []) =>
  markTransfersDelivered(one.database, { delivered: ids, refused });

async function open(initialMinor: bigint, currency = 'USD'): Promise<string> {
  const { accountId } = await openAccount(one.database, {
    tenant: 'default',
    clientId: 'spec',
    idempotencyKey: randomUUID(),
    fingerprint: Buffer.from('f'),
    username: 'spec',
    currency,
    initialMinor,
  });
  return accountId!.toString();
}

/** Own parts: what node 1 has of it at node 1, and node 2 at node 2. */
async function ownParts(accountId: string): Promise<[bigint | undefined, bigint | undefined]> {
  return [(await partsAt(one, accountId))[1], (await partsAt(two, accountId))[2]];
}

async function states(accountId: string): Promise<string[]> {
  const rows = await one.rows<{ state: string }>(
    '/* states */ select state::text from billing.transfers where account_id = $1 order by 1',
    [accountId],
  );
  return rows.map(({ state }) => state);
}

async function finish(): Promise<void> {
  await probeNode(one.database, 2, TIMEOUT_MS);
  await begin();
  const { delivered } = await deliver();
  await mark(delivered);
}

afterEach(async () => {
  await finish();
  expect(await one.unbalanced()).toBe(0n);
  expect(await two.unbalanced()).toBe(0n);
  const { opened, kept, inTransit } = await whereTheMoneyIs([one, two]);
  expect(kept + inTransit).toBe(opened);
}, 30_000);

describe('an opening', () => {
  test.each<[bigint, string, bigint]>([
    [10_001n, 'USD', 5_000n],
    [300n, 'USD', 100n],
    [199n, 'USD', 0n],
    [0n, 'USD', 0n],
    [7n, 'JPY', 3n],
    [5_999n, 'KWD', 2_000n],
  ])('with %s minor units of %s plans a share of %s', async (initial, currency, share) => {
    const id = await open(initial, currency);
    expect(await ownParts(id)).toEqual([initial, undefined]);
    await finish();
    expect(await ownParts(id)).toEqual([initial - share, share === 0n ? undefined : share]);
  });
});

describe('a transfer', () => {
  test('is begun once, however often begin is called', async () => {
    const id = await open(1_000n);
    expect(await begin()).toEqual({ begun: 1, cancelled: 0 });
    expect(await begin()).toEqual({ begun: 0, cancelled: 0 });
    expect(await ownParts(id)).toEqual([500n, undefined]);
    expect(await states(id)).toEqual(['in_transit']);
  });

  test('is credited once when its sender never hears the answer', async () => {
    const id = await open(1_000n);
    await begin();
    const first = await deliver();
    // The sender crashes here: nothing of the answer is kept.
    const second = await deliver();
    expect(second).toEqual(first);
    expect(second.delivered).toHaveLength(1);
    expect(await ownParts(id)).toEqual([500n, 500n]);
    expect(await states(id)).toEqual(['in_transit']);
    expect(await mark(second.delivered)).toBe(1);
    expect(await mark(second.delivered)).toBe(0);
    expect(await states(id)).toEqual(['delivered']);
    expect(await deliver()).toMatchObject({ status: 'nothing' });
  });

  test('whose answer comes too late is unknown, and credited once all the same', async () => {
    const id = await open(1_000n);
    await finish();
    await one.rows(
      `/* plan */ insert into billing.transfers (node_id, to_node_id, account_id, amount_minor)
       values (1, 2, $1, 100)`,
      [id],
    );
    const blocker = await two.database.connect('blocker');
    try {
      await blocker.query('b', 'begin');
      await blocker.query(
        'l',
        'select from billing.account_balances where account_id = $1 and node_id = 2 for update',
        [id],
      );
      await begin();
      expect(await deliver(300)).toMatchObject({ status: 'unknown', delivered: [] });
      // The breaker is open now: the next caller does not wait.
      expect(await bring()).toMatchObject({ status: 'unreachable', delivered: [] });
    } finally {
      await blocker.query('c', 'commit');
      blocker.release();
    }
    // What the sender gave up on commits over there.
    await eventually(
      () => ownParts(id),
      ([, second]) => second === 600n,
    );
    expect(await states(id)).toEqual(['delivered', 'in_transit']);
    expect(await probeNode(one.database, 2, TIMEOUT_MS)).toBe(true);
    await finish();
    expect(await ownParts(id)).toEqual([400n, 600n]);
    expect(await states(id)).toEqual(['delivered', 'delivered']);
  });

  test('waits in transit while its node is away, and begins no others', async () => {
    const id = await open(1_000n);
    await begin();
    await cluster.stopMember('postgres', 2);
    try {
      expect(await bring()).toMatchObject({ status: 'unreachable' });
      expect(await probeNode(one.database, 2, TIMEOUT_MS)).toBe(false);
      expect(await states(id)).toEqual(['in_transit']);
    } finally {
      await cluster.startMember('postgres', 2);
    }
    await eventually(
      () => probeNode(one.database, 2, TIMEOUT_MS),
      (answers) => answers,
    );
    await finish();
    expect(await ownParts(id)).toEqual([500n, 500n]);
  }, 30_000);

  test('that the balance no longer covers is cancelled whole', async () => {
    const id = await open(1_000n);
    await one.rows(
      `/* spend */ with spent as (
         insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
         values ($1, -501, gen_random_uuid(), 1, 'correction'))
       update billing.account_balances set balance_minor = balance_minor - 501
        where account_id = $1 and node_id = 1`,
      [id],
    );
    expect(await begin()).toEqual({ begun: 0, cancelled: 1 });
    expect(await states(id)).toEqual(['cancelled']);
    expect(await ownParts(id)).toEqual([499n, undefined]);
    await one.rows(
      `/* unspend */ with back as (
         insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
         values ($1, 501, gen_random_uuid(), 1, 'correction'))
       update billing.account_balances set balance_minor = balance_minor + 501
        where account_id = $1 and node_id = 1`,
      [id],
    );
  });

  test('is begun as long as those of the same account before it leave enough', async () => {
    const id = await open(1_000n);
    await finish();
    await one.rows(
      `/* three */ insert into billing.transfers (node_id, to_node_id, account_id, amount_minor)
       select 1, 2, $1, 200 from generate_series(1, 3)`,
      [id],
    );
    expect(await begin()).toEqual({ begun: 2, cancelled: 1 });
    expect(await ownParts(id)).toEqual([100n, 500n]);
    await finish();
    expect(await ownParts(id)).toEqual([100n, 900n]);
  });

  test('of a deleted account is not begun, and ends where it was under way', async () => {
    const before = await open(1_000n);
    const after = await open(1_000n);
    await one.rows(
      '/* delete one */ select billing.delete_home_account($1, $$spec$$, null, null)',
      [before],
    );
    expect(await begin()).toEqual({ begun: 1, cancelled: 1 });
    await one.rows(
      '/* delete one */ select billing.delete_home_account($1, $$spec$$, null, null)',
      [after],
    );
    await eventually(
      () => two.value<boolean>('select is_deleted from billing.accounts where id = $1', [after]),
      (deleted) => deleted,
    );
    await finish();
    expect(await ownParts(before)).toEqual([1_000n, undefined]);
    expect(await ownParts(after)).toEqual([500n, 500n]);
  });

  test('arrives before its account does', async () => {
    // A node that node 2 has not heard of opened it; only its money is here.
    const unknown = '99999999';
    const id = randomUUID();
    await show(id, unknown, 7);
    const credited = { refused: [], unseen: [] };
    expect(await takenByTwo(id, unknown, 7)).toEqual(credited);
    expect(await takenByTwo(id, unknown, 7)).toEqual(credited);
    expect((await partsAt(two, unknown))[2]).toBe(7n);
    await two.rows(
      `/* take back */ with back as (
         insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
         values ($1, -7, gen_random_uuid(), 2, 'transfer_out'))
       update billing.account_balances set balance_minor = 0 where account_id = $1 and node_id = 2`,
      [unknown],
    );
  });

  test('that its node cannot credit is refused, stays in transit and stops no other', async () => {
    const full = await open(1_000n);
    const fine = await open(1_000n);
    await two.rows(
      `/* fill */ insert into billing.account_balances (account_id, node_id, income_minor)
       values ($1, 2, 9223372036854775807)`,
      [full],
    );
    await begin();
    const { delivered, refused } = await deliver();
    expect([delivered.length, refused.length]).toEqual([1, 1]);
    await mark(delivered, refused);
    expect(await ownParts(full)).toEqual([500n, 0n]);
    expect(await ownParts(fine)).toEqual([500n, 500n]);
    expect(await states(full)).toEqual(['in_transit']);
    await two.rows(
      '/* empty */ update billing.account_balances set income_minor = 0 where account_id = $1 and node_id = 2',
      [full],
    );
    await finish();
    expect(await ownParts(full)).toEqual([500n, 500n]);
  });

  test('under an id that came with another amount is refused', async () => {
    const account = await open(1_000n);
    await finish();
    const id = randomUUID();
    await show(id, account, 5);
    expect(await takenByTwo(id, account, 6)).toEqual({ refused: [id], unseen: [] });
    expect(await takenByTwo(id, account, 5)).toEqual({ refused: [], unseen: [] });
    expect(await takenByTwo(id, account, 6)).toEqual({ refused: [id], unseen: [] });
    expect((await partsAt(two, account))[2]).toBe(505n);
    await two.rows(
      `/* take five */ with back as (
         insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
         values ($1, -5, gen_random_uuid(), 2, 'transfer_out'))
       update billing.account_balances set balance_minor = balance_minor - 5 where account_id = $1 and node_id = 2`,
      [account],
    );
  });

  test('that its sender never sent is not credited, whoever has the password', async () => {
    const account = await open(1_000n);
    await finish();
    const id = randomUUID();
    for (const mayAsk of [false, true]) {
      expect(await takenByTwo(id, account, 5, mayAsk)).toEqual({ refused: [], unseen: [id] });
    }
    expect(await ownParts(account)).toEqual([500n, 500n]);
  });

  test('is not held up by a replication that stands still: its sender is asked', async () => {
    const id = await open(1_000n);
    const subscription = (how: string) =>
      two.rows(`/* ${how} */ select pglogical.alter_subscription_${how}(
                  billing.subscription_name(1, 2), true)`);
    await subscription('disable');
    try {
      await begin();
      expect(await bring()).toMatchObject({
        delivered: [],
        refused: [],
        unseen: [expect.any(String)],
      });
      expect(await ownParts(id)).toEqual([500n, undefined]);
      const { delivered } = await eventually(
        () => bring(),
        ({ unseen }) => unseen.length === 0,
      );
      expect(delivered).toHaveLength(1);
      await mark(delivered);
      expect(await ownParts(id)).toEqual([500n, 500n]);
    } finally {
      await subscription('enable');
    }
  });

  test('goes with hundreds of others in one call, several of one account among them', async () => {
    await one.rows(
      `/* many */ insert into billing.transfers (node_id, to_node_id, account_id, amount_minor)
       select 1, 2, a.id, 1 from generate_series(1, 20) g, lateral (values ($1::bigint), ($2::bigint)) a (id)`,
      [await open(10_000n), await open(10_000n)],
    );
    expect(await begin()).toEqual({ begun: 42, cancelled: 0 });
    const { delivered } = await deliver();
    expect(delivered).toHaveLength(42);
    expect(await mark(delivered)).toBe(42);
  });
});

test('a peer may take its part in transfers, drains, deletions, the catalogue and audits, hand over pay-outs and refunds, and nothing else here', async () => {
  const called = await one.rows<{ name: string }>(
    `/* peer rights */ select p.proname as name from pg_proc p
        where p.pronamespace = 'billing'::regnamespace
          and has_function_privilege('billing_peer', p.oid, 'execute') order by 1`,
  );
  expect(called.map(({ name }) => name).join(' ')).toBe(
    'authorise_holds captures_of change_home_account change_home_catalogue close_reservations ' +
      'confirm_account_state delete_home_account describe_hold describe_pay_out digests drain_decisions_of execute_drain execute_hold execute_hold_operation ' +
      'execute_pay_ins execute_pay_outs hear_hold_asks newest_schema_version part_of_account ' +
      'receive_transfers refund_pay_out reservations_held reserve_holds_within reserve_within ' +
      'take_moved_refunds take_transfers transfers_credited transfers_sent',
  );
});
