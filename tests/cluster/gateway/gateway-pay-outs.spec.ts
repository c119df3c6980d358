import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually, untilClean } from '@billing/testing';
import { essence, problem, type Answer } from './gateway-process.js';
import { MARGIN_MS, PayOutSite, timed } from './pay-out-site.js';

const SLACK_MS = 900;

let site: PayOutSite;

beforeAll(async () => {
  site = await PayOutSite.start();
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

describe('a pay-out', () => {
  test('that this datacenter covers is paid here, and read everywhere', async () => {
    const account = await site.openAccount(50, 50);
    const metadata = { order: { id: 7 } };
    const paid = await site.pay(account, '30.00', { reference: 'order 7', metadata });
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
      metadata,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      decidedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(paid.headers.get('location')).toBe(`/v1/pay-outs/${String(payOutId)}`);
    expect(paid.headers.get('idempotency-replayed')).toBeNull();

    for (const from of [site.gateway, site.other]) {
      const found = await site.get(`/v1/pay-outs/${String(payOutId).toUpperCase()}`, from);
      expect(essence(found)).toEqual({ status: 200, body: paid.body });
    }
    await site.untilBalance(account, [20, 50]);
    expect(await site.history(account)).toMatchObject([
      { node: 1, type: 'pay_out', amount: '-30.00', operationId: payOutId, reference: 'order 7' },
    ]);
  });

  test('beyond what is here drains the rest; history shows who gave what', async () => {
    const account = await site.openAccount(50, 50);
    const paid = await site.pay(account, '80.00', { reference: 'order 8' });
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
      () => site.balance(account),
      ({ body: seen }) => seen['total'] === '20.00' && seen['reserved'] === '0.00',
    );
    expect(body).toMatchObject({ spendable: '20.00', stranded: '0.00' });
    const entries = await site.history(account);
    expect(new Set(entries.map(({ operationId }) => operationId))).toEqual(
      new Set([paid.body['payOutId']]),
    );
    // Each of its entries, wherever it was made, to whomever it is shown.
    expect(new Set(entries.map(({ reference }) => reference))).toEqual(new Set(['order 8']));
    await eventually(
      () => site.history(account, site.other),
      (there) =>
        there.length === entries.length && there.every(({ reference }) => reference === 'order 8'),
    );
    const sum = entries.reduce((total, { amount }) => total + Number(amount), 0);
    expect(sum).toBe(-80);
    expect(new Set(entries.map(({ type }) => type))).not.toContain('pay_in');
  });

  test('is made once per key: a repeat says so, another body is refused', async () => {
    const account = await site.openAccount(20, 30);
    for (const amount of ['5.00', '40.00']) {
      const key = randomUUID();
      const paid = await site.pay(account, amount, { deadlineMs: 4_000 }, key);
      const repeated = await site.pay(account, amount, {}, key);
      expect(essence(repeated)).toEqual({ status: 201, body: paid.body });
      expect(repeated.headers.get('idempotency-replayed')).toBe('true');
      for (const more of [{ amount: '1.00' }, { reference: 'x' }, { drain: 'local_only' }]) {
        expect(essence(await site.pay(account, amount, more, key))).toEqual(
          problem('idempotency-conflict', 422),
        );
      }
    }
    const { body } = await site.balance(account);
    expect(body).toMatchObject({ total: '5.00' });
  });

  test('is the same one when its metadata is written differently, another one when a digit differs', async () => {
    const account = await site.openAccount(20, 30);
    const pay = (amount: string, metadata: string, key: string): Promise<Answer> =>
      site.post(
        '/v1/pay-outs',
        `{"accountId":"${account}","amount":"${amount}","currency":"USD","metadata":${metadata}}`,
        { 'idempotency-key': key },
      );
    for (const amount of ['5.00', '40.00']) {
      const key = randomUUID();
      const sent = '{"orderId":9007199254740993,"b":{"y":12345678901234567890,"x":[1.50]}}';
      const paid = await pay(amount, sent, key);
      expect(paid).toMatchObject({ status: 201, text: expect.stringContaining(sent) });
      const other = '{ "b": {"x":[1.5], "y":1234567890123456789e1}, "orderId": 9007199254740993 }';
      const repeated = await pay(amount, other, key);
      expect(essence(repeated)).toEqual({ status: 201, body: paid.body });
      expect(repeated.text).toContain(sent);
      for (const from of [site.gateway, site.other]) {
        const found = await site.get(`/v1/pay-outs/${String(paid.body['payOutId'])}`, from);
        expect(found.text).toContain(sent);
      }
      for (const another of [sent.replace('993', '992'), '{}', 'null']) {
        expect(essence(await pay(amount, another, key))).toEqual(
          problem('idempotency-conflict', 422),
        );
      }
    }
  });

  test('under a key that was used before fingerprints knew digits is the same one still', async () => {
    const account = await site.openAccount(5, 0);
    const key = randomUUID();
    const more = { reference: 'order 7', metadata: { b: 2, a: 1 } };
    const paid = await site.pay(account, '5.00', more, key);
    expect(paid.status).toBe(201);
    // What the version before wrote down.
    const notes = JSON.stringify(['order 7', '{"b":2,"a":1}']);
    await site.ledgers[0]!.rows(
      'update billing.pay_outs set fingerprint = sha256(convert_to($2, $3)) where id = $1 returning id',
      [paid.body['payOutId'], `pay_out ${account} 500 USD any ${notes}`, 'UTF8'],
    );
    const repeated = await site.pay(account, '5.00', more, key);
    expect(essence(repeated)).toEqual({ status: 201, body: paid.body });
    expect(repeated.headers.get('idempotency-replayed')).toBe('true');
    const another = { ...more, metadata: { b: 2, a: 2 } };
    expect(essence(await site.pay(account, '5.00', another, key))).toEqual(
      problem('idempotency-conflict', 422),
    );
  });

  test('of many at once is made as long as there is money, and no longer', async () => {
    const account = await site.openAccount(20, 0);
    const answers = await Promise.all(Array.from({ length: 60 }, () => site.pay(account, '1.00')));
    const paid = answers.filter(({ status }) => status === 201);
    expect(paid).toHaveLength(20);
    for (const answer of answers) {
      if (answer.status === 201) continue;
      expect(answer.body['type']).toMatch(/\/(insufficient-funds|contended)$/);
    }
    await site.untilBalance(account, [0, 0]);
  }, 30_000);
});

describe('a preview', () => {
  test('tells where the money would come from, and moves none', async () => {
    const account = await site.openAccount(50, 50);
    const preview = (amount: string, more: object = {}): Promise<Answer> =>
      site.post('/v1/pay-outs/preview', { accountId: account, amount, currency: 'USD', ...more });
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
    await site.untilBalance(account, [50, 50]);
    expect(await site.history(account)).toEqual([]);
  });
});

describe('a pay-out is refused', () => {
  test.each([
    ['POST', '/v1/pay-outs', 'pay-outs:write'],
    ['POST', '/v1/pay-outs/preview', 'pay-outs:read'],
    ['GET', `/v1/pay-outs/${randomUUID()}`, 'pay-outs:read'],
  ])('%s %s without its scope: 403 names %s', async (method, path, scope) => {
    const others = ['pay-outs:write', 'pay-outs:read', 'pay-ins:write'].filter((s) => s !== scope);
    const token = await site.cluster.signToken({ sub: 'spec', scope: others.join(' ') });
    const body = method === 'POST' ? {} : undefined;
    const headers = { authorization: `Bearer ${token}` };
    const answer = await site.gateway.call(method, path, body, headers);
    expect(essence(answer)).toEqual(problem('missing-scope', 403));
    expect(answer.body).toMatchObject({ scope });
  });

  test('naming every violation', async () => {
    const wrong = { amount: '1.001', currency: 'USD', acount: '1', deadlineMs: 0 };
    const fields = ['acount', 'accountId', 'amount', 'deadlineMs', 'Idempotency-Key'];
    expect(essence(await site.post('/v1/pay-outs', wrong))).toEqual(
      problem('invalid-request', 400, fields),
    );
    expect(essence(await site.get('/v1/pay-outs/seven'))).toEqual(
      problem('invalid-request', 400, ['id']),
    );
  });

  test('when nobody knows it, or its account', async () => {
    const nobodys = await site.pay('999999937', '1.00');
    expect(essence(nobodys)).toEqual(problem('not-found', 404));
    expect(nobodys.body).toMatchObject({ accountId: '999999937', retryable: false });
    const unknown = '00000000-0000-8001-8000-000000000000';
    expect(essence(await site.get(`/v1/pay-outs/${unknown}`))).toEqual(problem('not-found', 404));
  });

  test('from a deleted account, and in another currency', async () => {
    const account = await site.openAccount(50, 0);
    const foreign = await site.pay(account, '1.00', { currency: 'EUR' });
    expect(essence(foreign)).toEqual(problem('currency-mismatch', 422));
    expect(foreign.body).toMatchObject({
      accountId: account,
      accountCurrency: 'USD',
      retryable: false,
    });
    await site.gateway.call('DELETE', `/v1/accounts/${account}?force=true&reason=spec`);
    const late = await site.pay(account, '1.00');
    expect(essence(late)).toEqual(problem('account-deleted', 409));
    expect(late.body).toMatchObject({ accountId: account, retryable: false });
  });

  test('for want of money, here or anywhere; its key may try again', async () => {
    const account = await site.openAccount(10, 20);
    const local = await site.pay(account, '10.01', { drain: 'local_only' });
    expect(essence(local)).toEqual(problem('insufficient-local-funds', 422));
    expect(local.body).toMatchObject({ available: '10.00', retryable: false });

    const key = randomUUID();
    const short = await site.pay(account, '30.01', {}, key);
    expect(essence(short)).toEqual(problem('insufficient-funds', 422));
    expect(short.body).toMatchObject({ available: '30.00', retryable: false });
    const { payOutId } = short.body;
    const rejected = await site.get(`/v1/pay-outs/${String(payOutId)}`);
    expect(rejected.body).toMatchObject({
      payOutId,
      status: 'rejected',
      rejection: 'insufficient-funds',
      parts: [],
    });

    await site.ledgers[1]!.value('select public.deposit_balance($1, 5, 2)', [account]);
    const again = await site.pay(account, '30.01', {}, key);
    expect(again).toMatchObject({ status: 201, body: { payOutId, amount: '30.01' } });
    expect(again.headers.get('idempotency-replayed')).toBeNull();
  });

  test.each(['any', 'local_only'])(
    'for want of money (drain %s): another request may have its key, as a pay-out of its own',
    async (drain) => {
      const account = await site.openAccount(10, 0);
      const key = randomUUID();
      const refused = await site.pay(account, '30.00', { drain }, key);
      expect(refused.status).toBe(422);
      const paid = await site.pay(account, '4.00', { drain }, key);
      expect(paid).toMatchObject({ status: 201, body: { amount: '4.00' } });
      expect(paid.headers.get('idempotency-replayed')).toBeNull();
      if (drain === 'any') {
        const path = `/v1/pay-outs/${String(refused.body['payOutId'])}`;
        expect((await site.get(path)).body).toMatchObject({ status: 'rejected', amount: '30.00' });
      }
      expect(essence(await site.pay(account, '30.00', { drain }, key))).toEqual(
        problem('idempotency-conflict', 422),
      );
      await site.untilBalance(account, [6, 0]);
    },
  );

  test('with a header that can only be one and comes twice; by its name, and nothing is paid', async () => {
    const account = await site.openAccount(10, 0);
    const body = JSON.stringify({ accountId: account, amount: '1.00', currency: 'USD' });
    const json = ['content-type', 'application/json'] as const;
    const key = randomUUID();
    for (const [name, value, first = value] of [
      ['Idempotency-Key', key],
      ['Idempotency-Key', randomUUID(), key],
      ['Authorization', 'Bearer x'],
      ['Content-Type', 'application/json'],
      ['X-Request-Id', 'seven'],
      ['Host', 'example.com'],
    ] as const) {
      const once = ['Authorization', 'Content-Type', 'Host'].includes(name);
      const headers = [
        ...(name === 'Idempotency-Key' ? [] : [['Idempotency-Key', key] as const]),
        ...(once ? [] : [[name, first] as const]),
        [name, value] as const,
      ];
      expect(await site.gateway.callWith([json, ...headers], 'POST', '/v1/pay-outs', body)).toEqual(
        problem('invalid-request', 400, [name]),
      );
    }
    const path = `/v1/accounts/${account}/transactions?limit=1&limit=2`;
    expect(essence(await site.get(path))).toEqual(problem('invalid-request', 400, ['limit']));
    // A parameter of the body is none of the query.
    expect(essence(await site.post('/v1/pay-outs?drain=local_only', body))).toEqual(
      problem('invalid-request', 400, ['drain']),
    );
    await site.untilBalance(account, [10, 0]);
  });

  test('with a member that comes twice', async () => {
    const account = await site.openAccount(10, 0);
    const body = `{"accountId":"${account}","amount":"1.00","currency":"USD","amount":"10.00"}`;
    expect(
      essence(await site.post('/v1/pay-outs', body, { 'idempotency-key': randomUUID() })),
    ).toEqual(problem('invalid-request', 400, ['amount']));
    const metadata = body.replace(',"amount":"10.00"', ',"metadata":{"a":{"b":1,"b":2}}');
    expect(
      essence(await site.post('/v1/pay-outs', metadata, { 'idempotency-key': randomUUID() })),
    ).toEqual(problem('invalid-request', 400, ['metadata.a.b']));
    await site.untilBalance(account, [10, 0]);
  });

  test('while others hold the money; meanwhile its key is in progress', async () => {
    const account = await site.openAccount(10, 20);
    const holder = await site.ledgers[1]!.database.connect('spec');
    try {
      await holder.query('begin', 'begin');
      await holder.query(
        'hold',
        'select from billing.account_balances where account_id = $1 and node_id = 2 for update',
        [account],
      );
      const key = randomUUID();
      const first = timed(site.pay(account, '25.00', { deadlineMs: 1_500 }, key));
      await sleep(400);
      const second = await site.pay(account, '25.00', { deadlineMs: 1_500 }, key);
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
        () => site.pay(account, '25.00', {}, key),
        ({ status }) => status === 201,
      );
      expect(again.body).toMatchObject({ payOutId });
    } finally {
      holder.release(true);
    }
    await eventually(
      () => site.balance(account),
      ({ body }) => body['total'] === '5.00' && body['reserved'] === '0.00',
    );
  }, 30_000);
});

test('in the end nothing is in doubt anywhere', async () => {
  await untilClean(site.ledgers);
}, 30_000);
