import { setTimeout as sleep } from 'node:timers/promises';
import type { PayOutResponse } from '@billing/contracts';
import { findFreePorts } from '@billing/cluster';
import { AppProcess, eventually, untilClean } from '@billing/testing';
import { CoordinatedCluster } from '../coordinator/coordinated-cluster.js';
import { CoordinatorClient, refusalOf } from '../coordinator/coordinator-client.js';
import { ownParts, requestOf } from './pay-out.request.js';

let site: CoordinatedCluster;

const client = (nodeId: number): CoordinatorClient => site.client(nodeId);

beforeAll(async () => {
  site = await CoordinatedCluster.start();
}, 120_000);

afterEach(() => untilClean(site.ledgers, 20_000), 30_000);

afterAll(() => site?.destroy(), 60_000);

describe('pay-outs of one account at once', () => {
  test('are all paid while the money lasts, and none is refused before it is gone', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n, 3: 1_000n });
    const answers = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) =>
        client((i % 3) + 1).payOut(requestOf(accountId, '1', { deadlineMs: 10_000 })),
      ),
    );
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(30);
    await untilClean(site.ledgers);
    expect(await ownParts(site.ledgers, accountId)).toEqual([0n, 0n, 0n]);
  }, 30_000);

  test('two of 80 from 50 + 50, begun at both: exactly one is paid', async () => {
    for (let round = 0; round < 5; round += 1) {
      const accountId = await site.account({ 1: 5_000n, 2: 5_000n });
      const answers = await Promise.all(
        [1, 2].map((nodeId) =>
          client(nodeId)
            .payOut(requestOf(accountId, '80'))
            .then(
              () => 'paid',
              (error: unknown) => refusalOf(Promise.reject(error)),
            ),
        ),
      );
      expect(answers).toContain('paid');
      expect(answers).toContainEqual(expect.objectContaining({ reason: 'INSUFFICIENT_FUNDS' }));
    }
  }, 60_000);

  test('that wait for a drain of it go on when it ends', async () => {
    const accountId = await site.account({ 1: 100n, 3: 1_000n });
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => client(1).payOut(requestOf(accountId, '2'))),
    );
    expect(answers.map(({ replayed }) => replayed)).toEqual(Array(5).fill(false));
  });
});

describe('a stream of pay-outs', () => {
  test('answers each message under its number, in any order, and goes on after a bad one', async () => {
    const accountId = await site.account({ 1: 1_000n, 3: 1_000n });
    const stream = client(1).payOuts();
    const known = requestOf(await site.account({ 1: 100n }), '1');
    await site.cluster.pauseMember('postgres', 3);
    try {
      stream.write(7, requestOf(accountId, '15', { deadlineMs: 4_000 }));
      await sleep(50);
      stream.write(8, requestOf(accountId, '-1'));
      stream.write(9);
      stream.write(10, requestOf('6400001', '1'));
      await stream.answered(3);
    } finally {
      await site.cluster.resumeMember('postgres', 3);
    }
    await stream.answered(4);
    stream.write(11, known);
    stream.write(12, known);
    stream.halfClose();
    expect(await stream.ended).toBe('OK');
    const answers = stream.answers.map(
      ({ sequence, reason, response }) =>
        [sequence, reason ?? (response?.replayed ? 'repeated' : 'paid')] as const,
    );
    expect(answers.slice(0, 3)).toEqual([
      [8, 'INVALID_REQUEST'],
      [9, 'INVALID_REQUEST'],
      [10, 'ACCOUNT_NOT_FOUND'],
    ]);
    expect(answers[3]![0]).toBe(7);
    expect(answers.slice(4)).toEqual([
      [11, 'paid'],
      [12, 'repeated'],
    ]);
  }, 30_000);

  test('answers all that it was sent before a half-close', async () => {
    const accountId = await site.account({ 1: 100_000n });
    const stream = client(1).payOuts();
    const count = 3_000;
    for (let i = 0; i < count; i += 1) stream.write(i, requestOf(accountId, '0.01'));
    stream.halfClose();
    expect(await stream.ended).toBe('OK');
    expect(new Set(stream.answers.map(({ sequence }) => sequence)).size).toBe(count);
    expect(stream.answers.every(({ response }) => response !== undefined)).toBe(true);
    expect((await ownParts(site.ledgers, accountId))[0]).toBe(97_000n);
  }, 30_000);

  test('carries requests of several clients, each with its own keys and rights', async () => {
    const accountId = await site.account({ 1: 1_000n });
    const nobody = new CoordinatorClient(site.cluster.coordinatorConnection(1), undefined);
    const stream = nobody.payOuts();
    const bearer = async (sub: string, scope?: string): Promise<string> =>
      `Bearer ${await site.cluster.signToken({ sub, ...(scope === undefined ? {} : { scope }) })}`;
    const request = requestOf(accountId, '1');
    stream.write(1, request, await bearer('shop'));
    stream.write(2, request, await bearer('bank'));
    stream.write(3, request);
    stream.write(4, request, 'Bearer x.y.z');
    stream.write(5, request, await bearer('shop', 'pay-outs:read'));
    await stream.answered(5);
    const bySequence = new Map(stream.answers.map((answer) => [answer.sequence, answer]));
    expect(bySequence.get(1)!.response!.payOut.payOutId).not.toBe(
      bySequence.get(2)!.response!.payOut.payOutId,
    );
    expect([3, 4, 5].map((sequence) => bySequence.get(sequence)!.reason)).toEqual([
      'UNAUTHENTICATED',
      'UNAUTHENTICATED',
      'SCOPE_MISSING',
    ]);
    stream.halfClose();
    expect(await stream.ended).toBe('OK');
    nobody.close();
    const liar = new CoordinatorClient(site.cluster.coordinatorConnection(1), 'x.y.z');
    expect(await liar.payOuts().ended).toBe('UNAUTHENTICATED');
    liar.close();
  });
});

describe('PostgreSQL that is killed while pay-outs are under way', () => {
  test('makes none of them happen twice, and no answer untrue', async () => {
    const accountId = await site.account({ 1: 100_000n, 2: 100_000n });
    const requests = Array.from({ length: 600 }, (_, i) =>
      requestOf(accountId, i % 100 === 50 ? '200' : '0.01'),
    );
    const stream = client(1).payOuts();
    let sent = 0;
    for (const request of requests) {
      stream.write(sent, request);
      sent += 1;
      if (sent === 300) await stream.answered(100);
      if (sent === 400) await site.cluster.killMember('postgres', 1);
    }
    await site.cluster.startMember('postgres', 1);
    const answers = await stream.answered(requests.length);
    stream.halfClose();
    const refused = answers.filter(({ reason }) => reason !== undefined);
    expect(refused.filter(({ metadata }) => metadata['retryable'] !== 'true')).toEqual([]);
    // Sent again until it is known: everything fits, so everything is paid, once.
    const ids = await Promise.all(
      requests.map(async (request) => {
        const { payOut: paid } = await eventually(
          () => client(1).payOut(request),
          () => true,
        );
        return paid.payOutId;
      }),
    );
    for (const { sequence, response } of answers) {
      if (response !== undefined) expect(response.payOut.payOutId).toBe(ids[sequence]);
    }
    await untilClean(site.ledgers);
    const left = (await ownParts(site.ledgers, accountId)).reduce((sum, part) => sum + part, 0n);
    expect(left).toBe(200_000n - 6n * 20_000n - 594n);
  }, 60_000);
});

describe('coordinators', () => {
  test('two of one node pay from one account: nothing twice, nothing lost', async () => {
    const [grpcPort, managementPort] = await findFreePorts(2);
    const second = AppProcess.start(site.cluster, 'coordinator', 1, {
      GRPC_PORT: `${grpcPort}`,
      MANAGEMENT_PORT: `${managementPort}`,
    });
    const token = await site.cluster.signToken({ sub: 'shop' });
    const another = new CoordinatorClient(
      site.cluster.coordinatorConnection(`127.0.0.1:${grpcPort}`),
      token,
    );
    try {
      await eventually(
        () => another.listServices(),
        () => true,
      );
      const accountId = await site.account({ 1: 1_000n, 2: 1_000n, 3: 1_000n });
      const requests = Array.from({ length: 30 }, () => requestOf(accountId, '1'));
      const answers = await Promise.all(
        requests.flatMap((request) =>
          [client(1).payOut(request), another.payOut(request)].map(settle),
        ),
      );
      const refused = answers.filter((answer) => typeof answer === 'string');
      expect(new Set(refused)).toEqual(new Set(refused.length > 0 ? ['IN_PROGRESS'] : []));
      const paid = answers.filter((answer) => typeof answer !== 'string');
      expect(paid.filter(({ replayed }) => !replayed)).toHaveLength(30);
      await untilClean(site.ledgers);
      expect(await ownParts(site.ledgers, accountId)).toEqual([0n, 0n, 0n]);
    } finally {
      another.close();
      expect(await second.stop()).toBe(0);
    }
  }, 60_000);

  test('asked to stop finish what they have taken, and only that', async () => {
    const accountId = await site.account({ 1: 100_000n, 2: 100_000n });
    const stream = client(1).payOuts();
    let sent = 0;
    let isOver = false;
    const over = stream.ended.then((status) => {
      isOver = true;
      return status;
    });
    const sending = (async () => {
      while (!isOver) {
        for (let i = 0; i < 20; i += 1) {
          stream.write(sent, requestOf(accountId, i === 0 ? '100' : '0.01'));
          sent += 1;
        }
        await sleep(1);
      }
    })();
    await stream.answered(500);
    await site.cluster.stopMember('coordinator', 1);
    expect(await over).toBe('UNAVAILABLE');
    await sending;
    await site.cluster.startMember('coordinator', 1);
    // What was answered is exactly what happened.
    const paid = stream.answers.filter(({ response }) => response !== undefined);
    const known = await site
      .ledger(1)
      .value<bigint>(
        "/* paid */ select count(*) from billing.pay_outs where account_id = $1 and status = 'committed'",
        [accountId],
      );
    expect(known).toBe(BigInt(paid.length));
    expect(paid.length).toBeGreaterThan(100);
    const pending = "/* open */ select count(*) from billing.pay_outs where status = 'pending'";
    expect(await site.ledger(1).value<bigint>(pending)).toBe(0n);
  }, 60_000);

  async function settle(call: Promise<PayOutResponse>): Promise<PayOutResponse | string> {
    try {
      return await call;
    } catch (error) {
      const { reason } = await refusalOf(Promise.reject(error));
      return reason ?? String(error);
    }
  }
});
