import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '@billing/cluster';
import { openAccount } from '@billing/database';
import {
  expectMoneyExactAt,
  expectPartsEverywhere,
  openTransfersAt,
  partsAt,
} from './account-parts.js';
import { CoordinatedCluster } from './coordinated-cluster.js';
import { aPosition, CoordinatorClient, refusalOf } from './coordinator-client.js';

import { ReflectionClient, type ReflectionVersion } from './reflection-client.js';
import { eventually, type Ledger } from '@billing/testing';

let site: CoordinatedCluster;
let cluster: Cluster;
let ledgers: readonly Ledger[];

const client = (nodeId: number): CoordinatorClient => site.client(nodeId);
const ledger = (nodeId: number): Ledger => site.ledger(nodeId);
const key = (): string => randomUUID();
const coordinatorAt = (nodeId: number) => cluster.coordinatorConnection(nodeId);

beforeAll(async () => {
  site = await CoordinatedCluster.start();
  ({ cluster, ledgers } = site);
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

const expectMoneyExact = (): Promise<void> => expectMoneyExactAt(ledgers);
const openTransfers = (at: number): Promise<bigint> => openTransfersAt(ledger(at));

describe('opening an account', () => {
  test('with money gives every node an equal share in whole units, and keeps the rest', async () => {
    const { accountId, replayed } = await client(2).openAccount({
      username: 'Ada',
      initialBalance: '100.01',
      idempotencyKey: key(),
    });
    expect(replayed).toBe(false);
    expect(BigInt(accountId) % 64n).toBe(2n);
    await expectPartsEverywhere(ledgers, accountId, { 1: 3_300n, 2: 3_401n, 3: 3_300n });
  });

  test('without money gives it a row for each node, everywhere', async () => {
    const { accountId } = await client(1).openAccount({
      username: 'Bob',
      currency: 'JPY',
      initialBalance: '0',
      idempotencyKey: key(),
    });
    await expectPartsEverywhere(ledgers, accountId, { 1: 0n, 2: 0n, 3: 0n });
  });

  test('twice under one key opens one, even at once', async () => {
    const request = { username: 'Cyd', initialBalance: '3.00', idempotencyKey: key() };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => client(1).openAccount(request)),
    );
    expect(new Set(answers.map(({ accountId }) => accountId)).size).toBe(1);
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    // The same amount, written differently, is the same request.
    const again = await client(1).openAccount({ ...request, currency: 'USD', initialBalance: '3' });
    expect(again).toEqual({
      accountId: answers[0]!.accountId,
      replayed: true,
      position: aPosition,
    });
  });

  test('under a key that came with other content is a conflict', async () => {
    const request = { username: 'Dee', initialBalance: '1.00', idempotencyKey: key() };
    await client(1).openAccount(request);
    for (const change of [{ username: 'Eve' }, { initialBalance: '2' }, { currency: 'EUR' }]) {
      expect(await refusalOf(client(1).openAccount({ ...request, ...change }))).toMatchObject({
        code: 'FAILED_PRECONDITION',
        reason: 'IDEMPOTENCY_CONFLICT',
      });
    }
  });

  test('under the key of another client is no repeat', async () => {
    const other = new CoordinatorClient(coordinatorAt(1), await cluster.signToken({ sub: 'bank' }));
    const request = { username: 'Fay', idempotencyKey: key() };
    const mine = await client(1).openAccount(request);
    const theirs = await other.openAccount({ ...request, username: 'Gus' });
    other.close();
    expect(theirs.replayed).toBe(false);
    expect(theirs.accountId).not.toBe(mine.accountId);
  });

  test('that is refused leaves its key for a better try', async () => {
    const idempotencyKey = key();
    const bad = { username: 'Hal', initialBalance: '1.001', idempotencyKey };
    expect(await refusalOf(client(1).openAccount(bad))).toMatchObject({
      code: 'INVALID_ARGUMENT',
      reason: 'INVALID_REQUEST',
      metadata: { field: 'initial_balance' },
    });
    expect(await client(1).openAccount({ ...bad, initialBalance: '1' })).toMatchObject({
      replayed: false,
    });
  });
});

test('the catalogue is told with its prices in major units', async () => {
  const { services } = await client(1).listServices();
  expect(services.map(({ price, currency }) => `${price} ${currency}`).sort()).toEqual([
    '100.00 EUR',
    '200.00 USD',
    '50.00 USD',
  ]);
});

describe('a call', () => {
  test('ends at its deadline, and its repeat under the same key hears what became of it', async () => {
    const hasty = new CoordinatorClient(
      coordinatorAt(1),
      await cluster.signToken({ sub: 'shop' }),
      500,
    );
    const request = { username: 'Gil', idempotencyKey: key() };
    const blocker = await ledger(1).database.connect('blocker');
    try {
      await blocker.query('begin', 'begin');
      await blocker.query('lock', 'lock table billing.account_openings in share mode');
      expect(await refusalOf(hasty.openAccount(request))).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
      });
    } finally {
      await blocker.query('end', 'rollback');
      blocker.release();
      hasty.close();
    }
    const { accountId } = await client(1).openAccount(request);
    const count = "select count(*) from billing.accounts where username = 'Gil'";
    expect(await ledger(1).value(count)).toBe(1n);
    expect(await client(1).openAccount(request)).toEqual({
      accountId,
      replayed: true,
      position: aPosition,
    });
  });
});

describe('the server', () => {
  const explain = (token: string | undefined, version?: ReflectionVersion): ReflectionClient =>
    new ReflectionClient(coordinatorAt(1), token, version);

  test.each(['v1', 'v1alpha'] as const)(
    'explains every service and every type, with what it imports (%s)',
    async (version) => {
      const reflection = explain(await cluster.signToken({ sub: 'developer' }), version);
      const { services, types, errors } = await reflection.everything();
      reflection.close();
      expect(errors).toEqual([]);
      expect([...services].sort()).toEqual([
        'billing.v1.Billing',
        'billing.v1.Operations',
        'grpc.health.v1.Health',
        'grpc.reflection.v1.ServerReflection',
        'grpc.reflection.v1alpha.ServerReflection',
      ]);
      const named = ['.google.rpc.Status', '.google.rpc.ErrorInfo', '.google.protobuf.Any'];
      expect(types).toEqual(expect.arrayContaining(named));
    },
  );

  test('explains itself no longer than a token says', async () => {
    const reflection = explain(await cluster.signToken({ sub: 'shop', expiresInSeconds: 3 }));
    expect(await reflection.services()).toContain('billing.v1.Billing');
    const startedMs = performance.now();
    expect(await reflection.ended).toBe('UNAUTHENTICATED');
    expect(performance.now() - startedMs).toBeLessThan(10_000);
    reflection.close();
  }, 20_000);
});

describe('deleting an account', () => {
  test('works from every node, and a repeat is no error', async () => {
    const { accountId } = await client(1).openAccount({ username: 'Ida', idempotencyKey: key() });
    expect(await client(3).deleteAccount(accountId)).toMatchObject({ alreadyDeleted: false });
    expect(await client(2).deleteAccount(accountId)).toMatchObject({ alreadyDeleted: true });
    await eventually(
      () => Promise.all(ledgers.map((one) => isDeleted(one, accountId))),
      (deleted) => deleted.every((one) => one === true),
    );
  });

  test('that has money anywhere is refused and says how much, unless it is forced with a reason', async () => {
    const { accountId } = await client(1).openAccount({ username: 'Jo', idempotencyKey: key() });
    await expectPartsEverywhere(ledgers, accountId, { 1: 0n, 2: 0n, 3: 0n });
    await ledger(2).value('select public.deposit_balance($1, 12.5, 2)', [accountId]);
    for (const nodeId of [1, 2, 3]) {
      expect(await refusalOf(client(nodeId).deleteAccount(accountId))).toMatchObject({
        code: 'FAILED_PRECONDITION',
        reason: 'ACCOUNT_NOT_EMPTY',
        metadata: { account_id: accountId, left: '12.50' },
      });
    }
    expect(await refusalOf(client(3).deleteAccount(accountId, ' '))).toMatchObject({
      reason: 'INVALID_REQUEST',
      metadata: { field: 'reason' },
    });
    expect(await client(3).deleteAccount(accountId, 'fraud')).toMatchObject({
      alreadyDeleted: false,
    });
    expect(
      await ledger(1).rows(
        'select client_id, reason, left_minor from billing.account_acts where account_id = $1',
        [accountId],
      ),
    ).toEqual([{ client_id: 'shop', reason: 'fraud', left_minor: '1250' }]);
    // What is left is an operator's to take out, where it is.
    const leftAt2 =
      'select balance_minor from billing.list_money_of_deleted(10) where account_id = $1';
    await eventually(
      () => ledger(2).rows(leftAt2, [accountId]),
      (rows) => rows.length === 1,
    );
    await ledger(2).value(`select public.correct_balance($1, -12.5, 2, 'paid back')`, [accountId]);
    expect(await ledger(2).rows(leftAt2, [accountId])).toEqual([]);
    await expectPartsEverywhere(ledgers, accountId, { 1: 0n, 2: 0n, 3: 0n });
  });

  test('that nobody has is not found, wherever its home would be', async () => {
    for (const id of ['6400001', '6400002', '6400040']) {
      expect(await refusalOf(client(1).deleteAccount(id))).toMatchObject({
        code: 'NOT_FOUND',
        reason: 'ACCOUNT_NOT_FOUND',
        metadata: { account_id: id },
      });
    }
  });

  function isDeleted(one: Ledger, accountId: string): Promise<boolean> {
    return one.value('select is_deleted from billing.accounts where id = $1', [accountId]);
  }
});

describe('a node that is away', () => {
  test.each(['stopped', 'paused'] as const)(
    'because it is %s: its share stays where it can be spent, and comes when it is back',
    async (how) => {
      const { accountId: homeThere } = await client(3).openAccount({
        username: 'Jim',
        idempotencyKey: key(),
      });
      await expectPartsEverywhere(ledgers, homeThere, { 1: 0n, 2: 0n, 3: 0n });
      if (how === 'stopped') await cluster.stopMember('postgres', 3);
      else await cluster.pauseMember('postgres', 3);
      let accountId: string;
      try {
        accountId = (
          await client(1).openAccount({
            username: 'Kim',
            initialBalance: '9.00',
            idempotencyKey: key(),
          })
        ).accountId;
        await eventually(
          () => Promise.all([partsAt(ledger(1), accountId), partsAt(ledger(2), accountId)]),
          (seen) => seen.every((parts) => parts[1] === 600n && parts[2] === 300n),
        );
        expect(await openTransfers(1)).toBe(1n);

        const refusal = { code: 'UNAVAILABLE', reason: 'NODE_UNREACHABLE' };
        const first = performance.now();
        expect(await refusalOf(client(1).deleteAccount(homeThere))).toMatchObject({
          ...refusal,
          metadata: { unreachable_nodes: '3', retryable: 'true' },
        });
        const second = performance.now();
        expect(await refusalOf(client(1).deleteAccount(homeThere))).toMatchObject(refusal);
        // One caller at most waits for a silent node: 2 s to connect, or 5 s for an answer.
        expect(second - first).toBeLessThan(6_000);
        expect(performance.now() - second).toBeLessThan(500);
      } finally {
        if (how === 'stopped') await cluster.startMember('postgres', 3);
        else await cluster.resumeMember('postgres', 3);
      }
      await expectPartsEverywhere(ledgers, accountId, { 1: 300n, 2: 300n, 3: 300n });
      await eventually(
        () => client(1).deleteAccount(homeThere),
        ({ alreadyDeleted }) => typeof alreadyDeleted === 'boolean',
      );
      await expectMoneyExact();
    },
    60_000,
  );
});

const OPENINGS_MAX = 3_000;

describe('a coordinator that is killed again and again while it sends shares', () => {
  test('loses nothing and doubles nothing', async () => {
    let killing = true;
    const openings = (async () => {
      const ids: string[] = [];
      for (let opened = 0; opened < OPENINGS_MAX && (killing || opened < 100); opened += 1) {
        const { accountId } = await openAccount(ledger(1).database, {
          tenant: 'default',
          clientId: 'spec',
          idempotencyKey: key(),
          fingerprint: Buffer.from('f'),
          username: `killed ${opened}`,
          currency: 'USD',
          initialMinor: 300n,
        });
        ids.push(accountId!.toString());
        await sleep(5);
      }
      return ids;
    })();
    const unfinished: bigint[] = [];
    const kills = (async () => {
      for (let kill = 0; kill < 3; kill += 1) {
        await sleep(50 + 200 * kill);
        await cluster.killMember('coordinator', 1);
        unfinished.push(await openTransfers(1));
        await cluster.startMember('coordinator', 1);
      }
      killing = false;
    })();
    const [ids] = await Promise.all([openings, kills]);
    // It was really in the middle of something.
    expect(unfinished.filter((open) => open > 0n).length).toBeGreaterThanOrEqual(2);
    await eventually(
      () => openTransfers(1),
      (open) => open === 0n,
    );
    await expectMoneyExact();
    for (const one of ledgers) {
      const equal = await eventually(
        () =>
          one.value<bigint>(
            `select count(*) from billing.account_balances
              where account_id = any ($1::bigint[]) and balance_minor = 100`,
            [ids],
          ),
        (found) => found === BigInt(3 * ids.length),
      );
      expect(equal).toBe(BigInt(3 * ids.length));
    }
  }, 90_000);
});
