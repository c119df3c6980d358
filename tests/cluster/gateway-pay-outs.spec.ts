import { randomUUID } from 'node:crypto';
import { startNativeCluster, type NativeCluster } from '@billing/cluster';
import { eventually, Ledger, untilClean } from '@billing/testing';
import { essence, GatewayProcess, problem, type Answer } from './gateway.process.js';

const MARGIN_MS = 500;
const SLACK_MS = 900;

let cluster: NativeCluster;
/** Of node 1 and of node 2. */
let gateway: GatewayProcess;
let other: GatewayProcess;
let ledgers: Ledger[];

beforeAll(async () => {
  cluster = await startNativeCluster({
    nodeCount: 2,
    parts: ['postgres', 'coordinator'],
    postgres: { fsync: false },
  });
  ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
  [gateway, other] = [await startGateway(1), await startGateway(2)];
}, 120_000);

afterAll(async () => {
  await Promise.all([gateway, other].map((one) => one?.stop()));
  await Promise.all((ledgers ?? []).map((ledger) => ledger.close()));
  await cluster?.destroy();
}, 60_000);

/** Pay-outs need no broker, so there is none. */
async function startGateway(nodeId: number): Promise<GatewayProcess> {
  const environment = { PAY_OUT_ANSWER_MARGIN_MS: String(MARGIN_MS) };
  const started = await GatewayProcess.launch(cluster, environment, nodeId);
  await eventually(
    () => started.call('GET', '/health/ready'),
    ({ body }) => Object.keys(body['faults'] ?? {}).join() === 'kafka',
    60_000,
  ).catch((cause: unknown) => {
    throw new Error(`the gateway is not ready: ${started.log}`, { cause });
  });
  return started;
}

const get = (path: string, from = gateway): Promise<Answer> => from.call('GET', path);

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return gateway.call('POST', path, body, headers);
}

function pay(account: string, amount: string, more: object = {}, key: string = randomUUID()) {
  const body = { accountId: account, amount, currency: 'USD', ...more };
  return post('/v1/pay-outs', body, { 'idempotency-key': key });
}

/** An account with so much at node 1 and at node 2, seen by both. */
async function openAccount(...parts: [number, number]): Promise<string> {
  const { body } = await post('/v1/accounts', { username: 'pay-out spec' });
  const id = body['id'] as string;
  for (const [index, amount] of parts.entries()) {
    const ledger = ledgers[index]!;
    await eventually(
      () => ledger.value('select count(*) from billing.get_account($1)', [id]),
      (count) => count === 1n,
    );
    if (amount > 0) {
      await ledger.value('select public.deposit_balance($1, $2, $3)', [id, amount, index + 1]);
    }
  }
  await untilBalance(id, parts);
  return id;
}

const untilBalance = (account: string, parts: readonly number[]): Promise<Answer> =>
  eventually(
    () => get(`/v1/accounts/${account}/balance`),
    ({ body }) =>
      JSON.stringify((body['parts'] as { balance: string }[]).map((part) => part.balance)) ===
      JSON.stringify(parts.map((amount) => amount.toFixed(2))),
  );

async function historyOf(account: string): Promise<Record<string, unknown>[]> {
  const { body } = await get(`/v1/accounts/${account}/transactions`);
  return (body['transactions'] as Record<string, unknown>[]).filter(
    ({ type }) => type !== 'deposit',
  );
}

async function timed(work: Promise<Answer>): Promise<{ answer: Answer; ms: number }> {
  const startMs = performance.now();
  return { answer: await work, ms: performance.now() - startMs };
}

describe('a pay-out', () => {
  test('that this datacenter covers is paid here, and read everywhere', async () => {
    const account = await openAccount(50, 50);
    const metadata = { order: { id: 7 } };
    const paid = await pay(account, '30.00', { reference: 'order 7', metadata });
    expect(paid.status).toBe(201);
    const { payOutId } = paid.body;
    expect(paid.body).toEqual({
      payOutId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-8001-[89ab]/),
      accountId: account,
      amount: '30.00',
      currency: 'USD',
      status: 'committed',
      parts: [{ node: 1, amount: '30.00' }],
      reference: 'order 7',
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      decidedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(paid.headers.get('location')).toBe(`/v1/pay-outs/${String(payOutId)}`);
    expect(paid.headers.get('idempotency-replayed')).toBeNull();

    for (const from of [gateway, other]) {
      const found = await get(`/v1/pay-outs/${String(payOutId).toUpperCase()}`, from);
      expect(essence(found)).toEqual({ status: 200, body: paid.body });
    }
    await untilBalance(account, [20, 50]);
    expect(await historyOf(account)).toMatchObject([
      { node: 1, type: 'pay_out', amount: '-30.00', operationId: payOutId, reference: 'order 7' },
    ]);
  });

  test('beyond what is here drains the rest; history shows who gave what', async () => {
    const account = await openAccount(50, 50);
    const paid = await pay(account, '80.00');
    expect(paid).toMatchObject({
      status: 201,
      body: {
        status: 'committed',
        parts: [
          { node: 1, amount: '50.00' },
          { node: 2, amount: '30.00' },
        ],
      },
    });
    const { body } = await eventually(
      () => get(`/v1/accounts/${account}/balance`),
      ({ body: seen }) => seen['total'] === '20.00' && seen['reserved'] === '0.00',
    );
    expect(body).toMatchObject({ spendable: '20.00', stranded: '0.00' });
    const entries = await historyOf(account);
    expect(new Set(entries.map(({ operationId }) => operationId))).toEqual(
      new Set([paid.body['payOutId']]),
    );
    const sum = entries.reduce((total, { amount }) => total + Number(amount), 0);
    expect(sum).toBe(-80);
    expect(new Set(entries.map(({ type }) => type))).not.toContain('pay_in');
  });

  test('is made once per key: a repeat says so, another body is refused', async () => {
    const account = await openAccount(20, 30);
    for (const amount of ['5.00', '40.00']) {
      const key = randomUUID();
      const paid = await pay(account, amount, { deadlineMs: 4_000 }, key);
      const repeated = await pay(account, amount, {}, key);
      expect(essence(repeated)).toEqual({ status: 201, body: paid.body });
      expect(repeated.headers.get('idempotency-replayed')).toBe('true');
      for (const more of [{ amount: '1.00' }, { reference: 'x' }, { drain: 'local_only' }]) {
        expect(essence(await pay(account, amount, more, key))).toEqual(
          problem('idempotency-conflict', 422),
        );
      }
    }
    const { body } = await get(`/v1/accounts/${account}/balance`);
    expect(body).toMatchObject({ total: '5.00' });
  });

  test('of many at once is made as long as there is money, and no longer', async () => {
    const account = await openAccount(20, 0);
    const answers = await Promise.all(Array.from({ length: 60 }, () => pay(account, '1.00')));
    const paid = answers.filter(({ status }) => status === 201);
    expect(paid).toHaveLength(20);
    for (const answer of answers) {
      if (answer.status === 201) continue;
      expect(answer.body['type']).toMatch(/\/(insufficient-funds|contended)$/);
    }
    await untilBalance(account, [0, 0]);
  }, 30_000);
});

describe('a preview', () => {
  test('tells where the money would come from, and moves none', async () => {
    const account = await openAccount(50, 50);
    const preview = (amount: string, more: object = {}): Promise<Answer> =>
      post('/v1/pay-outs/preview', { accountId: account, amount, currency: 'USD', ...more });
    expect(essence(await preview('80.00'))).toEqual({
      status: 200,
      body: {
        covered: true,
        parts: [
          { node: 1, amount: '50.00' },
          { node: 2, amount: '30.00' },
        ],
        spendable: '100.00',
        stranded: '0.00',
        unreachableNodes: [],
      },
    });
    expect((await preview('80.00', { drain: 'local_only' })).body).toMatchObject({
      covered: false,
    });
    expect((await preview('100.01')).body).toMatchObject({ covered: false });
    expect(essence(await preview('1.00', { currency: 'EUR' }))).toEqual(
      problem('currency-mismatch', 422),
    );
    expect(essence(await preview('1.00', { deadlineMs: 5 }))).toEqual(
      problem('invalid-request', 400, ['deadlineMs']),
    );
    await untilBalance(account, [50, 50]);
    expect(await historyOf(account)).toEqual([]);
  });
});

describe('a pay-out is refused', () => {
  test.each([
    ['POST', '/v1/pay-outs', 'pay-outs:write'],
    ['POST', '/v1/pay-outs/preview', 'pay-outs:read'],
    ['GET', `/v1/pay-outs/${randomUUID()}`, 'pay-outs:read'],
  ])('%s %s without its scope: 403 names %s', async (method, path, scope) => {
    const others = ['pay-outs:write', 'pay-outs:read', 'pay-ins:write'].filter((s) => s !== scope);
    const token = cluster.signToken({ sub: 'spec', scope: others.join(' ') });
    const body = method === 'POST' ? {} : undefined;
    const headers = { authorization: `Bearer ${token}` };
    const answer = await gateway.call(method, path, body, headers);
    expect(essence(answer)).toEqual(problem('missing-scope', 403));
    expect(answer.body).toMatchObject({ scope });
  });

  test('naming every field at fault', async () => {
    const faulty = { amount: '1.001', currency: 'USD', acount: '1', deadlineMs: 0 };
    const fields = ['acount', 'accountId', 'amount', 'deadlineMs', 'Idempotency-Key'];
    expect(essence(await post('/v1/pay-outs', faulty))).toEqual(
      problem('invalid-request', 400, fields),
    );
    expect(essence(await get('/v1/pay-outs/seven'))).toEqual(
      problem('invalid-request', 400, ['id']),
    );
  });

  test('when nobody knows it, or its account', async () => {
    const nobodys = await pay('999999937', '1.00');
    expect(essence(nobodys)).toEqual(problem('not-found', 404));
    expect(nobodys.body).toMatchObject({ accountId: '999999937', retryable: false });
    const unknown = '00000000-0000-8001-8000-000000000000';
    expect(essence(await get(`/v1/pay-outs/${unknown}`))).toEqual(problem('not-found', 404));
  });

  test('from a deleted account, and in another currency', async () => {
    const account = await openAccount(50, 0);
    const foreign = await pay(account, '1.00', { currency: 'EUR' });
    expect(essence(foreign)).toEqual(problem('currency-mismatch', 422));
    expect(foreign.body).toMatchObject({
      accountId: account,
      accountCurrency: 'USD',
      retryable: false,
    });
    await gateway.call('DELETE', `/v1/accounts/${account}`);
    const late = await pay(account, '1.00');
    expect(essence(late)).toEqual(problem('account-deleted', 409));
    expect(late.body).toMatchObject({ accountId: account, retryable: false });
  });

  test('for want of money, here or anywhere; its key may try again', async () => {
    const account = await openAccount(10, 20);
    const local = await pay(account, '10.01', { drain: 'local_only' });
    expect(essence(local)).toEqual(problem('insufficient-local-funds', 422));
    expect(local.body).toMatchObject({ available: '10.00', retryable: false });

    const key = randomUUID();
    const short = await pay(account, '30.01', {}, key);
    expect(essence(short)).toEqual(problem('insufficient-funds', 422));
    expect(short.body).toMatchObject({ available: '30.00', retryable: false });
    const { payOutId } = short.body;
    const rejected = await get(`/v1/pay-outs/${String(payOutId)}`);
    expect(rejected.body).toMatchObject({
      payOutId,
      status: 'rejected',
      rejection: 'insufficient-funds',
      parts: [],
    });

    await ledgers[1]!.value('select public.deposit_balance($1, 5, 2)', [account]);
    const again = await pay(account, '30.01', {}, key);
    expect(again).toMatchObject({ status: 201, body: { payOutId, amount: '30.01' } });
    expect(again.headers.get('idempotency-replayed')).toBeNull();
  });

  test('while others hold the money; meanwhile its key is in progress', async () => {
    const account = await openAccount(10, 20);
    const holder = await ledgers[1]!.database.connect('spec');
    try {
      await holder.query('begin', 'begin');
      await holder.query(
        'hold',
        'select from billing.account_balances where account_id = $1 and node_id = 2 for update',
        [account],
      );
      const key = randomUUID();
      const first = timed(pay(account, '25.00', { deadlineMs: 1_500 }, key));
      await new Promise((resolve) => setTimeout(resolve, 400));
      const second = await pay(account, '25.00', { deadlineMs: 1_500 }, key);
      expect(essence(second)).toEqual(problem('in-progress', 409));
      expect(second.body).toMatchObject({ payOutId: expect.any(String), retryable: true });
      expect(second.headers.get('retry-after')).toBe('1');

      const { answer, ms } = await first;
      const { payOutId } = second.body;
      expect(answer.body).toMatchObject({ payOutId, retryable: true });
      expect(answer.body['type']).toMatch(
        /\/(contended|deadline-exceeded|insufficient-reachable-funds)$/,
      );
      expect(ms).toBeLessThan(1_500 + MARGIN_MS + SLACK_MS);
      await holder.query('rollback', 'rollback');
      const again = await eventually(
        () => pay(account, '25.00', {}, key),
        ({ status }) => status === 201,
      );
      expect(again.body).toMatchObject({ payOutId });
    } finally {
      holder.release(true);
    }
    await eventually(
      () => get(`/v1/accounts/${account}/balance`),
      ({ body }) => body['total'] === '5.00' && body['reserved'] === '0.00',
    );
  }, 30_000);
});

describe('without another part', () => {
  test('the other datacenter: what it has is stranded, what is here is paid', async () => {
    const account = await openAccount(10, 20);
    const key = randomUUID();
    await cluster.stopPart('postgres', 2);
    let payOutId: unknown;
    try {
      const refused = await pay(account, '25.00', {}, key);
      expect(essence(refused)).toEqual(problem('insufficient-reachable-funds', 503));
      expect(refused.body).toMatchObject({
        available: '10.00',
        stranded: '20.00',
        unreachableNodes: [2],
        retryable: true,
      });
      payOutId = refused.body['payOutId'];
      expect((await get(`/v1/accounts/${account}/balance`)).body).toMatchObject({
        total: '30.00',
        spendable: '10.00',
        stranded: '20.00',
        parts: [{ reachable: true }, { reachable: false }],
      });
      const preview = { accountId: account, amount: '25.00', currency: 'USD' };
      expect((await post('/v1/pay-outs/preview', preview)).body).toMatchObject({
        covered: false,
        stranded: '20.00',
        unreachableNodes: [2],
      });
      expect((await pay(account, '1.00')).status).toBe(201);
    } finally {
      await cluster.startPart('postgres', 2);
    }
    const { body } = await eventually(
      () => pay(account, '25.00', {}, key),
      ({ status }) => status === 201,
    );
    expect(body).toMatchObject({ payOutId, status: 'committed' });
  }, 60_000);

  test('the database: refused or of unknown outcome, and paid once when it is back', async () => {
    const account = await openAccount(10, 0);
    const key = randomUUID();
    await cluster.stopPart('postgres', 1);
    try {
      const { answer, ms } = await timed(pay(account, '4.00', { deadlineMs: 2_000 }, key));
      expect(answer.status).toBe(503);
      expect(answer.body['type']).toMatch(/\/(unavailable|outcome-unknown)$/);
      expect(answer.body['retryable']).toBe(true);
      expect(JSON.stringify(answer.body)).not.toMatch(/ECONNREFUSED|billing_coordinator|127\.0/);
      expect(ms).toBeLessThan(2_000 + MARGIN_MS + SLACK_MS);
    } finally {
      await cluster.startPart('postgres', 1);
    }
    await eventually(
      () => pay(account, '4.00', {}, key),
      ({ status }) => status === 201,
    );
    await untilBalance(account, [6, 0]);
  }, 60_000);

  test('the coordinator: nothing is sent and at once so, and paid when it is back', async () => {
    const account = await openAccount(10, 0);
    const key = randomUUID();
    await cluster.killPart('coordinator', 1);
    try {
      // Until the gateway has noticed, a request may be on its way to nobody: of unknown outcome.
      const refused = await eventually(
        () => pay(account, '4.00', {}, key),
        ({ body }) => String(body['type']).endsWith('/unavailable'),
        2_000,
      );
      expect(essence(refused)).toEqual(problem('unavailable', 503));
      expect(refused.body['detail']).toContain('nothing was sent');
      expect(refused.body['retryable']).toBe(true);
      for (const path of ['/v1/pay-outs/preview', '/v1/pay-outs']) {
        const body = { accountId: account, amount: '4.00', currency: 'USD' };
        const { answer, ms } = await timed(post(path, body, { 'idempotency-key': key }));
        expect(answer.status).toBe(503);
        expect(ms).toBeLessThan(SLACK_MS);
      }
    } finally {
      await cluster.startPart('coordinator', 1);
    }
    const { answer, ms } = await timed(
      eventually(
        () => pay(account, '4.00', {}, key),
        ({ status }) => status === 201,
      ),
    );
    expect(answer.headers.get('idempotency-replayed')).toBeNull();
    expect(ms).toBeLessThan(3_000);
    await untilBalance(account, [6, 0]);
  }, 60_000);

  test('that stopped answering: the outcome is unknown, and the same key tells it', async () => {
    const account = await openAccount(10, 0);
    const keys = [randomUUID(), randomUUID()];
    await pay(account, '1.00');
    cluster.pausePart('coordinator', 1);
    const late = await timed(pay(account, '2.00', { deadlineMs: 300 }, keys[0]));
    expect(essence(late.answer)).toEqual(problem('outcome-unknown', 503));
    expect(late.ms).toBeGreaterThan(300 + MARGIN_MS - 50);
    expect(late.ms).toBeLessThan(300 + MARGIN_MS + SLACK_MS);
    expect(late.answer.headers.get('retry-after')).toBe('1');

    const broken = pay(account, '3.00', { deadlineMs: 20_000 }, keys[1]);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await cluster.killPart('coordinator', 1);
    await cluster.startPart('coordinator', 1);
    expect(essence(await broken)).toEqual(problem('outcome-unknown', 503));

    for (const [index, amount] of ['2.00', '3.00'].entries()) {
      await eventually(
        () => pay(account, amount, {}, keys[index]),
        ({ status }) => status === 201,
      );
    }
    await untilBalance(account, [4, 0]);
  }, 60_000);

  test('the coordinator killed again and again under load, every key is paid exactly once', async () => {
    const account = await openAccount(5_000, 5_000);
    let loading = true;
    let paid = 0;
    const kinds = new Set<unknown>();
    const client = async (): Promise<void> => {
      while (loading) {
        const key = randomUUID();
        const answer = await eventually(
          async () => {
            const one = await pay(account, '1.00', {}, key);
            if (one.status !== 201) kinds.add(one.body['type']);
            return one;
          },
          ({ status }) => status === 201,
        );
        expect(answer.body['parts']).toEqual([{ node: 1, amount: '1.00' }]);
        paid += 1;
      }
    };
    const clients = Array.from({ length: 8 }, client);
    for (let round = 0; round < 2; round += 1) {
      await new Promise((resolve) => setTimeout(resolve, 700));
      await cluster.killPart('coordinator', 1);
      await new Promise((resolve) => setTimeout(resolve, 700));
      await cluster.startPart('coordinator', 1);
    }
    await new Promise((resolve) => setTimeout(resolve, 700));
    loading = false;
    await Promise.all(clients);
    await untilBalance(account, [5_000 - paid, 5_000]);
    const names = [...kinds].map((kind) => String(kind).replace(/.*\//, '')).sort();
    expect(names).toContain('unavailable');
    expect(
      names.filter((n) => !['unavailable', 'outcome-unknown', 'in-progress'].includes(n)),
    ).toEqual([]);
    expect(gateway.log).not.toMatch(/unhandled|"level":(50|60)/i);
  }, 90_000);
});

test('a gateway told to stop under load answers what it has', async () => {
  const account = await openAccount(5_000, 0);
  const stopping = await startGateway(1);
  const statuses = new Set<number>();
  let paid = 0;
  let refused = 0;
  const body = { accountId: account, amount: '1.00', currency: 'USD' };
  const client = async (): Promise<void> => {
    for (;;) {
      const headers = { 'idempotency-key': randomUUID() };
      try {
        const { status } = await stopping.call('POST', '/v1/pay-outs', body, headers);
        statuses.add(status);
        paid += 1;
      } catch {
        refused += 1;
        return;
      }
    }
  };
  const clients = Array.from({ length: 16 }, client);
  await new Promise((resolve) => setTimeout(resolve, 700));
  expect(await stopping.stop()).toBe(0);
  await Promise.all(clients);
  expect([refused, [...statuses]]).toEqual([16, [201]]);
  await untilBalance(account, [5_000 - paid, 0]);
}, 60_000);

test('in the end nothing is in doubt anywhere', async () => {
  await untilClean(ledgers);
}, 30_000);
