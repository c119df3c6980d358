import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { payOut } from '@billing/database';
import { eventually, untilClean } from '@billing/testing';
import { partsAt } from '../coordinator/account-parts.js';
import { CoordinatedCluster } from '../coordinator/coordinated-cluster.js';
import { CoordinatorClient, refusalOf } from '../coordinator/coordinator-client.js';
import { gave, ownParts, repeatOf, requestOf } from './pay-out.request.js';

let site: CoordinatedCluster;

const client = (nodeId: number): CoordinatorClient => site.client(nodeId);

beforeAll(async () => {
  site = await CoordinatedCluster.start();
}, 120_000);

afterEach(() => untilClean(site.ledgers, 20_000), 30_000);

afterAll(() => site?.destroy(), 60_000);

describe('a pay-out', () => {
  test('comes from the local part while that covers it', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n, 3: 1_000n });
    const metadataJson = '{"a": 12345678901234567890}';
    const request = requestOf(accountId, '9.5', { reference: 'order 7', metadataJson });
    const { payOut: paid, replayed } = await client(1).payOut(request);
    expect(paid).toMatchObject({
      accountId,
      amount: '9.50',
      currency: 'USD',
      status: 'PAY_OUT_STATUS_COMMITTED',
      parts: [{ nodeId: 1, amount: '9.50' }],
      reference: 'order 7',
      rejection: '',
    });
    expect(paid.metadataJson).toBe('{"a":12345678901234567890}');
    expect(paid.payOutId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8001-[89ab]/);
    expect(new Date(paid.createdAt).toISOString()).toBe(paid.createdAt);
    expect(replayed).toBe(false);
    expect(await ownParts(site.ledgers, accountId)).toEqual([50n, 1_000n, 1_000n]);
  });

  test('drains one other datacenter, its own part first', async () => {
    const accountId = await site.account({ 1: 1_000n, 3: 1_000n });
    const answer = await client(1).payOut(requestOf(accountId, '15'));
    expect(gave(answer)).toEqual({ 1: '10.00', 3: '5.00' });
    await untilClean(site.ledgers);
    expect(await ownParts(site.ledgers, accountId)).toEqual([0n, 0n, 500n]);
  });

  test('drains two, down to the last unit', async () => {
    const accountId = await site.account({ 1: 333n, 2: 333n, 3: 334n });
    const answer = await client(2).payOut(requestOf(accountId, '10'));
    expect(gave(answer)).toEqual({ 1: '3.33', 2: '3.33', 3: '3.34' });
    await untilClean(site.ledgers);
    expect(await ownParts(site.ledgers, accountId)).toEqual([0n, 0n, 0n]);
  });

  test('finds money that its replicas do not know of', async () => {
    const accountId = await site.account({ 1: 100n, 2: 1_000n, 3: 1_000n });
    const subscription = 'subscription_from_node3_to_node1';
    const switchTo = (how: 'disable' | 'enable'): Promise<unknown> =>
      site
        .ledger(1)
        .rows(`select pglogical.alter_subscription_${how}('${subscription}', true) as ${how}d`);
    await switchTo('disable');
    try {
      // Half of what node 3 was asked for is gone, and node 1 does not know; node 2 can give it.
      expect(gave(await client(3).payOut(requestOf(accountId, '9')))).toEqual({ 3: '9.00' });
      const answer = await client(1).payOut(requestOf(accountId, '9'));
      expect(gave(answer)).toEqual({ 1: '1.00', 2: '7.00', 3: '1.00' });
      // More than the replicas tell of: every node is asked.
      await site.deposit(3, accountId, 5_000n);
      const more = await client(1).payOut(requestOf(accountId, '50'));
      expect(gave(more)[3]).toMatch(/^[45]\d\.00$/);
    } finally {
      await switchTo('enable');
    }
  }, 30_000);

  test('under its key again answers the same, wherever the money came from', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n });
    for (const amount of ['5', '10']) {
      const request = requestOf(accountId, amount, { reference: 'r', metadataJson: '{"b":[1]}' });
      const first = await client(1).payOut(request);
      const again = await client(1).payOut({
        ...request,
        amount: `${amount}.0`,
        metadataJson: ' { "b" : [ 1.0 ] } ',
        deadlineMs: 777,
      });
      expect(again).toEqual(repeatOf(first));
    }
    await site.deposit(1, accountId, 10n);
    const ten = requestOf(accountId, '0.10');
    const answers = await Promise.all(Array.from({ length: 10 }, () => client(1).payOut(ten)));
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(new Set(answers.map(({ payOut: { payOutId } }) => payOutId)).size).toBe(1);
  });

  test('can be looked up at every datacenter, committed or rejected', async () => {
    const accountId = await site.account({ 1: 100n, 2: 100n });
    const metadataJson = '{"orderId":9007199254740993}';
    const { payOut: paid } = await client(1).payOut(requestOf(accountId, '1.50', { metadataJson }));
    expect(paid.metadataJson).toBe(metadataJson);
    for (const nodeId of [1, 2, 3]) {
      expect(await client(nodeId).getPayOut(paid.payOutId)).toEqual({ payOut: paid });
    }
    const { metadata } = await refusalOf(client(1).payOut(requestOf(accountId, '1.50')));
    const { payOut: rejected } = await client(3).getPayOut(metadata['pay_out_id']!);
    expect(rejected).toMatchObject({
      status: 'PAY_OUT_STATUS_REJECTED',
      rejection: 'INSUFFICIENT_FUNDS',
      parts: [],
    });
    const unknown = `${paid.payOutId.slice(0, -4)}ffff`;
    expect(await refusalOf(client(2).getPayOut(unknown))).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'PAY_OUT_NOT_FOUND',
      metadata: { pay_out_id: unknown },
    });
    expect(await refusalOf(client(1).getPayOut('x'))).toMatchObject({ reason: 'INVALID_REQUEST' });
  });

  test('can be previewed, which moves nothing', async () => {
    const accountId = await site.account({ 1: 1_000n, 3: 1_000n });
    const question = { accountId, amount: '15', currency: 'USD' };
    expect(await client(1).previewPayOut(question)).toEqual({
      covered: true,
      parts: [
        { nodeId: 1, amount: '10.00' },
        { nodeId: 3, amount: '5.00' },
      ],
      spendable: '20.00',
      stranded: '0.00',
      unreachableNodes: [],
    });
    expect(await client(1).previewPayOut({ ...question, drain: 'DRAIN_LOCAL_ONLY' })).toMatchObject(
      { covered: false, parts: [{ nodeId: 1, amount: '10.00' }] },
    );
    expect(await client(1).previewPayOut({ ...question, amount: '20.01' })).toMatchObject({
      covered: false,
    });
    expect(
      await refusalOf(client(1).previewPayOut({ ...question, currency: 'EUR' })),
    ).toMatchObject({ reason: 'CURRENCY_MISMATCH', metadata: { account_currency: 'USD' } });
    expect(await ownParts(site.ledgers, accountId)).toEqual([1_000n, 0n, 1_000n]);
  });
});

describe('a pay-out is refused', () => {
  test('when it is no valid request, by field, before anything else', async () => {
    const good = requestOf('6400001', '1');
    for (const [change, field] of [
      [{ idempotencyKey: '' }, 'idempotency_key'],
      [{ accountId: 'x' }, 'account_id'],
      [{ amount: '0' }, 'amount'],
      [{ amount: '1.001' }, 'amount'],
      [{ currency: '' }, 'currency'],
      [{ reference: 'r'.repeat(65) }, 'reference'],
      [{ metadataJson: '[]' }, 'metadata_json'],
    ] as const) {
      expect(await refusalOf(client(1).payOut({ ...good, ...change }))).toMatchObject({
        code: 'INVALID_ARGUMENT',
        reason: 'INVALID_REQUEST',
        metadata: { field },
      });
    }
  });

  test('when its key came with other content', async () => {
    const accountId = await site.account({ 1: 100n });
    const request = requestOf(accountId, '1');
    await client(1).payOut(request);
    for (const change of [
      { amount: '2' },
      { accountId: '1' },
      { reference: 'r' },
      { metadataJson: '{}' },
      { drain: 'DRAIN_LOCAL_ONLY' as const },
    ]) {
      expect(await refusalOf(client(1).payOut({ ...request, ...change }))).toMatchObject({
        code: 'FAILED_PRECONDITION',
        reason: 'IDEMPOTENCY_CONFLICT',
      });
    }
  });

  test('for its account: unknown, deleted, in another currency', async () => {
    expect(await refusalOf(client(1).payOut(requestOf('6400001', '1')))).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'ACCOUNT_NOT_FOUND',
      metadata: { account_id: '6400001' },
    });
    const accountId = await site.account({ 1: 100n });
    expect(
      await refusalOf(client(1).payOut(requestOf(accountId, '9', { currency: 'EUR' }))),
    ).toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'CURRENCY_MISMATCH',
      metadata: { account_id: accountId, account_currency: 'USD' },
    });
    await client(1).deleteAccount(accountId, 'spec');
    expect(
      await refusalOf(client(1).payOut(requestOf(accountId, '1', { currency: 'EUR' }))),
    ).toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'ACCOUNT_DELETED',
      metadata: { account_id: accountId },
    });
  });

  test('when no part covers it, and its key is free for another try under the same id', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n, 3: 1_000n });
    const request = requestOf(accountId, '30.01');
    const refusal = await refusalOf(client(1).payOut(request));
    expect(refusal).toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'INSUFFICIENT_FUNDS',
      metadata: { available: '30.00' },
    });
    await untilClean(site.ledgers);
    expect(await ownParts(site.ledgers, accountId)).toEqual([1_000n, 1_000n, 1_000n]);
    await site.deposit(2, accountId, 1n);
    const { payOut: paid, replayed } = await client(1).payOut(request);
    expect(paid.payOutId).toBe(refusal.metadata['pay_out_id']);
    expect(replayed).toBe(false);
    expect(await client(1).payOut(request)).toEqual(repeatOf({ payOut: paid }));
  });

  test('when it may only be local and the local part is short', async () => {
    const accountId = await site.account({ 1: 150n, 2: 1_000n });
    const request = requestOf(accountId, '2', { drain: 'DRAIN_LOCAL_ONLY' });
    expect(await refusalOf(client(1).payOut(request))).toMatchObject({
      code: 'FAILED_PRECONDITION',
      reason: 'INSUFFICIENT_LOCAL_FUNDS',
      metadata: { available: '1.50' },
    });
    await site.deposit(1, accountId, 50n);
    expect(gave(await client(1).payOut(request))).toEqual({ 1: '2.00' });
  });

  test('when a datacenter with the rest is down: what the others cover is paid', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n, 3: 1_000n });
    await site.cluster.stopMember('postgres', 3);
    try {
      expect(await refusalOf(client(1).payOut(requestOf(accountId, '25')))).toMatchObject({
        code: 'UNAVAILABLE',
        reason: 'INSUFFICIENT_REACHABLE_FUNDS',
        metadata: {
          available: '20.00',
          unreachable_nodes: '3',
          stranded: '10.00',
          retryable: 'true',
        },
      });
      expect(gave(await client(1).payOut(requestOf(accountId, '20')))).toEqual({
        1: '10.00',
        2: '10.00',
      });
    } finally {
      await site.cluster.startMember('postgres', 3);
    }
  }, 40_000);

  test('as contended while somebody else holds the money, at its deadline', async () => {
    const accountId = await site.account({ 1: 100n, 3: 1_000n });
    // A drain at node 3 that nobody takes further.
    await payOut(site.ledger(3).database, [
      {
        tenant: 'default',
        clientId: 'spec',
        idempotencyKey: randomUUID(),
        fingerprint: Buffer.from('f'),
        accountId: BigInt(accountId),
        amountMinor: 1_050n,
        currency: 'USD',
        mayDrain: true,
        deadlineMs: 2_500,
      },
    ]);
    const request = requestOf(accountId, '5', { deadlineMs: 1_000 });
    const startedMs = performance.now();
    const refusal = await refusalOf(client(1).payOut(request));
    expect(refusal).toMatchObject({
      code: 'ABORTED',
      reason: 'CONTENDED',
      metadata: { retryable: 'true' },
    });
    expect(performance.now() - startedMs).toBeLessThan(1_300);
    // Recovery gives the money back: one with more time gets it.
    const { payOut: paid } = await client(1).payOut({ ...request, deadlineMs: 10_000 });
    expect(paid.payOutId).toBe(refusal.metadata['pay_out_id']);
  }, 30_000);

  test('at its deadline when a donor is silent, and nothing moved', async () => {
    const accountId = await site.account({ 1: 100n, 3: 1_000n });
    await site.cluster.pauseMember('postgres', 3);
    const request = requestOf(accountId, '5', { deadlineMs: 300 });
    let payOutId: string | undefined;
    try {
      const startedMs = performance.now();
      const first = client(1).payOut(request);
      await sleep(100);
      const second = await refusalOf(client(1).payOut(request));
      expect(second).toMatchObject({
        code: 'ABORTED',
        reason: 'IN_PROGRESS',
        metadata: { retryable: 'true' },
      });
      payOutId = second.metadata['pay_out_id'];
      expect(await refusalOf(first)).toMatchObject({
        code: 'DEADLINE_EXCEEDED',
        reason: 'DEADLINE_EXCEEDED',
        metadata: { retryable: 'true', pay_out_id: payOutId },
      });
      expect(performance.now() - startedMs).toBeLessThan(600);
      expect((await partsAt(site.ledger(1), accountId))[1]).toBe(100n);
    } finally {
      await site.cluster.resumeMember('postgres', 3);
    }
    const { payOut: paid } = await eventually(
      () => client(1).payOut({ ...request, deadlineMs: 5_000 }),
      () => true,
    );
    expect(paid.payOutId).toBe(payOutId);
  }, 40_000);

  test('without the scope, or without a token', async () => {
    const reader = await site.clientAs(1, 'shop', 'pay-outs:read');
    const nobody = new CoordinatorClient(site.cluster.coordinatorConnection(1), undefined);
    expect(await refusalOf(reader.payOut(requestOf('1', '1')))).toMatchObject({
      reason: 'SCOPE_MISSING',
      metadata: { scope: 'pay-outs:write' },
    });
    expect(await refusalOf(nobody.payOut(requestOf('1', '1')))).toMatchObject({
      reason: 'UNAUTHENTICATED',
    });
    reader.close();
    nobody.close();
  });
});
