import { randomUUID } from 'node:crypto';
import { eventually, untilClean } from '@billing/testing';
import { runBilling } from '../command-line/billing-program.js';
import { CoordinatorClient, refusalOf } from '../coordinator/coordinator-client.js';
import { essence, problem, type Answer, type GatewayProcess } from './gateway-process.js';
import { PayOutSite } from './pay-out-site.js';

let site: PayOutSite;

beforeAll(async () => {
  site = await PayOutSite.start();
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

interface Correction {
  readonly amount: string;
  readonly currency?: string;
  readonly reason?: string;
}

/** Of the part of the gateway's datacenter, in USD, under a new key unless one is given. */
function correct(
  account: string,
  correction: Correction,
  { key = randomUUID() as string, at = site.gateway }: { key?: string; at?: GatewayProcess } = {},
): Promise<Answer> {
  const body = { currency: 'USD', reason: 'spec', ...correction };
  const headers = { 'idempotency-key': key };
  return at.call('POST', `/v1/accounts/${account}/corrections`, body, headers);
}

const remove = (account: string, query = '', at = site.gateway): Promise<Answer> =>
  at.call('DELETE', `/v1/accounts/${account}${query}`);

describe('a correction', () => {
  test('of one part, up and down, is in the history everywhere with its reason', async () => {
    const account = await site.openAccount(50, 50);
    const up = await correct(account, { amount: '12.5', reason: 'the bank paid twice' });
    expect(up.status).toBe(201);
    expect(up.body).toEqual({
      correctionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      accountId: account,
      amount: '12.50',
      currency: 'USD',
      reason: 'the bank paid twice',
      balance: '62.50',
    });
    expect(up.headers.get('idempotency-replayed')).toBeNull();
    const down = await correct(account, { amount: '-30.00', reason: 'fee' }, { at: site.other });
    expect(down).toMatchObject({ status: 201, body: { amount: '-30.00', balance: '20.00' } });

    await site.untilBalance(account, [62.5, 20]);
    const entries = (at: GatewayProcess) =>
      site.get(`/v1/accounts/${account}/transactions`, at).then(({ body }) =>
        (body['transactions'] as Record<string, unknown>[])
          .filter(({ type }) => type === 'correction')
          .map(({ node, amount, operationId, reference }) => [node, amount, operationId, reference])
          .sort(),
      );
    const wanted = [
      [1, '12.50', up.body['correctionId'], 'the bank paid twice'],
      [2, '-30.00', down.body['correctionId'], 'fee'],
    ];
    for (const at of [site.gateway, site.other]) {
      expect(
        await eventually(
          () => entries(at),
          ({ length }) => length === 2,
        ),
      ).toEqual(wanted);
    }
    const acts =
      'select client_id, reason, amount_minor from billing.list_account_acts($1, 9) where act = $$correct$$';
    expect(await site.ledgers[1]!.rows(acts, [account])).toEqual([
      { client_id: 'developer', reason: 'fee', amount_minor: -3000n },
    ]);
  });

  test('is made once a key: a repeat says so, other content is refused', async () => {
    const account = await site.openAccount(10, 0);
    const key = randomUUID();
    const made = await correct(account, { amount: '-2.5' }, { key });
    const again = await correct(account, { amount: '-2.50' }, { key });
    expect(essence(again)).toEqual({ status: 201, body: made.body });
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    for (const other of [{ amount: '2.50' }, { amount: '-2.50', reason: 'x' }]) {
      expect(essence(await correct(account, other, { key }))).toEqual(
        problem('idempotency-conflict', 422),
      );
    }
    const racing = randomUUID();
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => correct(account, { amount: '-1.00' }, { key: racing })),
    );
    expect(new Set(answers.map(({ body }) => body['correctionId'])).size).toBe(1);
    await site.untilBalance(account, [6.5, 0]);
  });

  test('below zero is refused with what is here, whatever the other part has', async () => {
    const account = await site.openAccount(10, 50);
    const key = randomUUID();
    const refused = await correct(account, { amount: '-10.01' }, { key });
    expect(essence(refused)).toEqual(problem('insufficient-local-funds', 422));
    expect(refused.body).toMatchObject({ available: '10.00', retryable: false });
    // The refusal used up no key.
    expect((await correct(account, { amount: '-10.00' }, { key })).body['balance']).toBe('0.00');
    await site.untilBalance(account, [0, 50]);
  });

  test('upwards is income: what is paid out and what is proven not to be there follow it', async () => {
    const account = await site.openAccount(10, 20);
    expect((await correct(account, { amount: '15.00' }, { at: site.other })).status).toBe(201);
    // Not replicated yet, perhaps: node 2 itself is asked.
    expect((await site.pay(account, '45.00')).status).toBe(201);
    const short = await site.pay(account, '0.01');
    expect(essence(short)).toEqual(problem('insufficient-funds', 422));
    expect(short.body).toMatchObject({ available: '0.00' });
    expect((await correct(account, { amount: '7.00' })).status).toBe(201);
    expect((await correct(account, { amount: '-3.00' })).status).toBe(201);
    const beyond = await site.pay(account, '4.01');
    expect(essence(beyond)).toEqual(problem('insufficient-funds', 422));
    expect(beyond.body).toMatchObject({ available: '4.00' });
    expect((await site.pay(account, '4.00')).status).toBe(201);
    await site.untilBalance(account, [0, 0]);
  });

  test('is refused naming every violation, without its scope, and of what does not fit', async () => {
    const account = await site.openAccount(10, 0);
    const bad = { amount: '0.00', currency: 'USD', reason: ' ', node: 2 };
    expect(essence(await correct(account, bad))).toEqual(
      problem('invalid-request', 400, ['node', 'amount', 'reason']),
    );
    for (const amount of ['--1', '+1', '-1.001', '-', '1e3', '-1000000000000000.01']) {
      expect(essence(await correct(account, { amount }))).toEqual(
        problem('invalid-request', 400, ['amount']),
      );
    }
    const token = await site.cluster.signToken({
      sub: 'shop',
      scope: 'accounts:write pay-outs:write',
    });
    const authorization = { authorization: `Bearer ${token}` };
    const body = { amount: '1.00', currency: 'USD', reason: 'x' };
    const path = `/v1/accounts/${account}/corrections`;
    expect(essence(await site.post(path, body, authorization))).toEqual(
      problem('missing-scope', 403),
    );
    const client = new CoordinatorClient(site.cluster.coordinatorConnection(1), token);
    try {
      const order = { ...body, accountId: account, idempotencyKey: randomUUID() };
      expect(await refusalOf(client.correctBalance(order))).toMatchObject({
        code: 'PERMISSION_DENIED',
      });
    } finally {
      client.close();
    }
    const foreign = await correct(account, { amount: '1.00', currency: 'EUR' });
    expect(essence(foreign)).toEqual(problem('currency-mismatch', 422));
    expect(foreign.body).toMatchObject({ accountCurrency: 'USD' });
    expect(essence(await correct('999999937', { amount: '1.00' }))).toEqual(
      problem('not-found', 404),
    );
    await site.untilBalance(account, [10, 0]);
  });
});

describe('an account with money', () => {
  test('is deleted by force alone; what is left is listed, and only taken out', async () => {
    const account = await site.openAccount(3, 4);
    const refused = await remove(account);
    expect(essence(refused)).toEqual(problem('account-not-empty', 409));
    expect(refused.body).toMatchObject({ accountId: account, left: '7.00', retryable: false });
    expect((await remove(account, '?force=true&reason=fraud', site.other)).status).toBe(204);

    const listed = (at: GatewayProcess) =>
      site
        .get('/v1/operations/audit', at)
        .then(({ body }) =>
          (body['moneyOfDeleted'] as { accountId: string }[]).filter(
            ({ accountId }) => accountId === account,
          ),
        );
    const left = [
      { at: site.gateway, amount: '3.00' },
      { at: site.other, amount: '4.00' },
    ];
    for (const { at, amount } of left) {
      const seen = await eventually(
        () => listed(at),
        ({ length }) => length === 1,
      );
      expect(seen).toEqual([{ accountId: account, amount, currency: 'USD' }]);
      expect(essence(await correct(account, { amount: '1.00' }, { at }))).toEqual(
        problem('account-deleted', 409),
      );
      const taken = await correct(account, { amount: `-${amount}` }, { at });
      expect(taken).toMatchObject({ status: 201, body: { balance: '0.00' } });
      expect(await listed(at)).toEqual([]);
    }
    await site.untilBalance(account, [0, 0]);
  });

  test('that has not come here is unknown, as nobody here knows whose it is', async () => {
    const holder = await site.ledgers[1]!.database.connect('spec');
    try {
      // Replicated changes of accounts wait for it.
      await holder.query('begin', 'begin');
      await holder.query('hold', 'lock table billing.accounts in share mode');
      const order = { username: 'new', currency: 'EUR', initialBalance: '5.00' };
      const { body } = await site.post('/v1/accounts', order);
      const refused = await remove(body['accountId'] as string, '', site.other);
      expect(essence(refused)).toEqual(problem('not-found', 404));
    } finally {
      await holder.query('rollback', 'rollback');
      holder.release(true);
    }
  });
});

test('in the end every invariant holds, and the audit finds nothing', async () => {
  await untilClean(site.ledgers);
  const { exitCode, out } = await runBilling(site.cluster, ['verify', '--json']);
  expect(JSON.parse(out)).toMatchObject({ faults: [], notMade: [] });
  expect(exitCode).toBe(0);
}, 60_000);
