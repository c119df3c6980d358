import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { AccountStateResponse, FreezeAccountRequest } from '@billing/contracts';
import { eventually } from '@billing/testing';
import { refusalOf } from '../coordinator/coordinator-client.js';
import { HoldClient } from '../coordinator/hold-client.js';
import { RepeatedKeysSite } from './repeated-keys-site.js';
import { requestOf } from '../pay-outs/pay-out.request.js';

// docs/accounts.md, on three nodes whose links can fail. Accounts are opened at node 1.
jest.setTimeout(90_000);

let site: RepeatedKeysSite;
let holds: HoldClient;

beforeAll(async () => {
  site = await RepeatedKeysSite.start({ COORDINATOR_PEER_TIMEOUT_MS: '3000' });
  const token = await site.base.cluster.signToken({ sub: 'shop' });
  holds = new HoldClient(site.base.cluster.coordinatorConnection(1), token, 1);
}, 120_000);

afterEach(() => site.untilCalm());

afterAll(async () => {
  holds?.close();
  await site?.destroy();
}, 60_000);

const parts = { 1: 2_000n, 2: 2_000n, 3: 2_000n };

type Order = Partial<FreezeAccountRequest>;

const debitsOf = (accountId: bigint, idempotencyKey: string = randomUUID()): Order => ({
  accountId: accountId.toString(),
  debits: true,
  idempotencyKey,
});

const freeze = (nodeId: number, order: Order): Promise<AccountStateResponse> =>
  site.client(nodeId).freezeAccount(order);

const thaw = (nodeId: number, order: Order): Promise<AccountStateResponse> =>
  site.client(nodeId).thawAccount(order);

const wordOf = async (nodeId: number, accountId: bigint, amount: string): Promise<string> =>
  (await site.hear(nodeId, requestOf(accountId.toString(), amount))).word;

const sorted = (nodes: readonly number[]): number[] => [...nodes].sort();

test('what is frozen from any datacenter is paid out by none, locally or by a drain, until it is thawed', async () => {
  const accountId = await site.base.account(parts);
  const before = requestOf(accountId.toString(), '1.00');
  await site.payAt(2, before);
  const held = await holds.authorise(accountId, '25.00');
  const order = debitsOf(accountId);
  const frozen = await freeze(2, order);
  expect(frozen).toMatchObject({ debitsFrozen: true, creditsFrozen: false, unconfirmedNodes: [] });
  expect(sorted(frozen.confirmedNodes)).toEqual([1, 2, 3]);
  for (const nodeId of site.nodeIds) {
    expect(await wordOf(nodeId, accountId, '1.00')).toBe('ACCOUNT_FROZEN');
    expect(await wordOf(nodeId, accountId, '30.00')).toBe('ACCOUNT_FROZEN');
  }
  expect(await refusalOf(holds.authorise(accountId, '1.00'))).toMatchObject({
    reason: 'ACCOUNT_FROZEN',
    metadata: { account_id: accountId.toString() },
  });
  // What was before stands, and goes on.
  expect((await site.hear(2, before)).word).toBe('replayed');
  const { holdId } = held.hold;
  expect(await holds.capture(holdId, '24.00')).toMatchObject({ captured: '24.00' });
  expect(await holds.void(holdId)).toMatchObject({ returned: '1.00' });

  expect(await thaw(3, debitsOf(accountId))).toMatchObject({
    debitsFrozen: false,
    unchanged: false,
    unconfirmedNodes: [],
  });
  // A repeat that comes late changes nothing.
  expect(await freeze(1, order)).toMatchObject({ replayed: true, debitsFrozen: false });
  expect(await refusalOf(freeze(1, { ...order, credits: true }))).toMatchObject({
    reason: 'IDEMPOTENCY_CONFLICT',
  });
  for (const nodeId of site.nodeIds) expect(await wordOf(nodeId, accountId, '1.00')).toBe('paid');
  expect(await site.sumOf(accountId)).toBe(6_000n - 100n - 2_400n - 300n);
});

test('a datacenter that is cut off goes on until it hears; the answer names it, and the same key asks again', async () => {
  const accountId = await site.base.account(parts);
  await site.part(1, 3);
  await site.part(2, 3);
  const order = debitsOf(accountId);
  const frozen = await freeze(2, order);
  expect(sorted(frozen.confirmedNodes)).toEqual([1, 2]);
  expect(frozen.unconfirmedNodes).toEqual([3]);
  expect(await wordOf(3, accountId, '1.00')).toBe('paid');
  expect(await wordOf(1, accountId, '1.00')).toBe('ACCOUNT_FROZEN');
  expect(await refusalOf(thaw(3, debitsOf(accountId)))).toMatchObject({
    reason: 'NODE_UNREACHABLE',
    metadata: { node_id: '1', retryable: 'true' },
  });
  await site.heal();
  await eventually(
    () => freeze(2, order),
    ({ unconfirmedNodes }) => unconfirmedNodes.length === 0,
    20_000,
  );
  expect(await wordOf(3, accountId, '1.00')).toBe('ACCOUNT_FROZEN');
});

test('a pay-out that had looked before the freeze is refused once its node has confirmed', async () => {
  const [accountId, otherId] = await site.base.accounts([parts, parts]);
  const request = requestOf(accountId!.toString(), '1.00');
  const session = await site.base.database(2).connect('spec');
  try {
    // It has the key, so that whoever comes with it waits: behind the look at the account, before the lock of its part.
    await session.query('begin', 'begin', []);
    await session.query(
      'pay_out',
      `select * from billing.pay_out('{shop}', array[$1::text], '{x}', array[$2::bigint], '{100}', '{USD}', '{false}', '{5000}', '{null}', '{null}')`,
      [request.idempotencyKey, otherId],
    );
    const waiting = site.hear(2, request);
    await eventually(
      () =>
        site
          .ledger(2)
          .value<bigint>(
            `select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%billing.pay_out(%'`,
          ),
      (count) => count > 0n,
    );
    expect((await freeze(1, debitsOf(accountId!))).unconfirmedNodes).toEqual([]);
    await session.query('rollback', 'rollback', []);
    expect((await waiting).word).toBe('ACCOUNT_FROZEN');
  } finally {
    session.release(true);
  }
  expect(await site.base.ownParts(accountId!)).toEqual(parts);
});

test('a drain that had begun is refused by its donor, or by its decision', async () => {
  const accountId = await site.base.account(parts);
  const [covered, asked] = [1, 2].map((at) =>
    site.base.drain({ at, accountId, amountMinor: 3_000n }),
  );
  await covered!.begin();
  await covered!.reserve();
  await asked!.begin();
  expect((await freeze(3, debitsOf(accountId))).unconfirmedNodes).toEqual([]);
  expect(await covered!.decide()).toMatchObject({ verdict: 'account_frozen' });
  await asked!.reserve();
  expect(asked!.answers.map(({ status }) => status)).toContain('account_frozen');
  expect(await asked!.decide()).toMatchObject({ verdict: 'account_frozen' });
  await covered!.tellAndMark();
  await asked!.tellAndMark();
  await site.untilCalm();
  expect(await site.base.ownParts(accountId)).toEqual(parts);
});
