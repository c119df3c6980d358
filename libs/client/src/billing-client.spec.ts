import { homeOfKey } from '@billing/contracts';
import { BillingClient } from './billing-client.js';
import { GatewayAnswerError, NotBegunError, OutcomeUnknownError } from './client.errors.js';
import { FakeDatacenter, type Said, type Success } from './fake-datacenter.js';
import { OwnPositions } from './own-positions.js';

describe('a client of all that is done with balances', () => {
  const one = new FakeDatacenter();
  const two = new FakeDatacenter();
  const payIn = { accountId: '17', amount: '1.00', currency: 'USD' };
  const taken: Success = {
    body: { receipt: '1-4-207' },
    headers: { 'billing-position': '1:billing.payin/4/207' },
  };
  const balance: Success = { body: { total: '1.00' } };
  let urls: string[];
  const makeClient = (giveUpMs = 20_000): BillingClient =>
    new BillingClient({
      datacenters: [
        { nodeId: 1, url: urls[0]! },
        { nodeId: 2, url: urls[1]! },
      ],
      token: 'now',
      attemptTimeoutMs: 300,
      giveUpMs,
    });

  beforeAll(async () => {
    urls = [await one.listen(), await two.listen()];
  });
  afterAll(() => Promise.all([one.close(), two.close()]));

  test('a pay-in names its home before it is first sent, and any datacenter takes it', async () => {
    one.says('silence');
    two.says({ ...taken, body: { receipt: '2-0-9' } });
    const accepted = await makeClient().payIn(payIn);
    const { commandId, idempotencyKey } = accepted;
    expect(accepted).toMatchObject({ receipt: '2-0-9', heardBy: 2 });
    expect(idempotencyKey).toBe(`${commandId}@dc1`);
    for (const { asked } of [one, two]) {
      expect(asked.map(({ path, body }) => [path, body])).toEqual([
        ['/v1/pay-ins', { ...payIn, commandId, home: 'dc1' }],
      ]);
    }
  });

  test.each<[string, Said, new (...args: never[]) => Error]>([
    ['nobody takes it', '503 unavailable', NotBegunError],
    ['somebody may have it', 'silence', OutcomeUnknownError],
    ['it is none', '400 invalid-request', GatewayAnswerError],
  ])('a pay-in fails by what is known of it: %s', async (_, said, kind) => {
    one.says(said);
    two.says('503 overloaded');
    const client = makeClient(400);
    const key = client.createKey();
    const asked = client.payIn(payIn, key);
    await expect(asked).rejects.toBeInstanceOf(kind);
    if (kind !== GatewayAnswerError)
      await expect(asked).rejects.toMatchObject({ idempotencyKey: key });
    await expect(client.payIn(payIn, 'of no home')).rejects.toThrow('createKey()');
  });

  test('an account is opened at its home alone, under one key', async () => {
    const replayed = { 'idempotency-replayed': 'true', 'billing-position': '1.1:5' };
    one.says('silence', '503 unavailable', { body: { accountId: '129' }, headers: replayed });
    two.says({ body: { accountId: '2' } });
    const opened = await makeClient().openAccount({ username: 'Aleksandrov' });
    expect(opened).toEqual({
      account: { accountId: '129' },
      position: '1.1:5',
      replayed: true,
      idempotencyKey: one.keys[0],
      heardBy: 1,
    });
    expect(new Set(one.keys).size).toBe(1);
    expect(homeOfKey(one.keys[0]!)).toBe(1);
    expect(two.asked).toEqual([]);
  });

  test('a refund goes to the datacenter of its pay-out first, under one key of that home', async () => {
    const replayed = { 'idempotency-replayed': 'true', 'billing-position': '2.1:8' };
    two.says('silence', '503 home-unreachable');
    one.says({ body: { refundId: '7' }, headers: replayed });
    const client = makeClient();
    const payOutId = '6ABE1F3C-92d1-8002-9a3b-5f0c2e1d7b64';
    const money = { amount: '1.00', currency: 'USD' };
    const refunded = await client.refund({ payOutId, ...money, reference: 'r' });
    const [key] = two.keys;
    expect(refunded).toEqual({
      refund: { refundId: '7' },
      position: '2.1:8',
      replayed: true,
      idempotencyKey: key,
      heardBy: 1,
    });
    expect(homeOfKey(key!)).toBe(2);
    expect(
      [two, one].map(({ asked }) => asked.map((a) => [a.method, a.path, a.key, a.body])),
    ).toEqual(
      [0, 1].map(() => [
        ['POST', `/v1/pay-outs/${payOutId}/refunds`, key, { ...money, reference: 'r' }],
      ]),
    );
    expect(homeOfKey(client.createRefundKey(payOutId))).toBe(2);
  });

  test.each<[string, Said, new (...args: never[]) => Error]>([
    ['nothing was sent', '503 home-unreachable', NotBegunError],
    ['it may have been made', 'silence', OutcomeUnknownError],
    ['too much', '422 refund-exceeded', GatewayAnswerError],
  ])('a refund fails by what is known of it: %s', async (_, said, kind) => {
    one.says(said);
    two.says('503 home-unreachable');
    const payOutId = '6abe1f3c-92d1-8001-9a3b-5f0c2e1d7b64';
    const asked = makeClient(400).refund({ payOutId, amount: '1.00', currency: 'USD' });
    await expect(asked).rejects.toBeInstanceOf(kind);
  });

  test('a read is answered by the next datacenter, and asks for what was written', async () => {
    const client = makeClient();
    one.says(taken);
    await client.payIn(payIn);
    one.says({ body: { payOutId: '1' }, headers: { 'billing-position': '1.1:5,2.1:7' } });
    await client.payOut(payIn);
    one.says('closed');
    two.says({ ...balance, headers: { 'billing-stale': '2000' } }, balance);
    expect(await client.balance('17')).toEqual({
      body: balance.body,
      staleMs: 2_000,
      heardBy: 2,
    });
    one.says(balance);
    expect(await client.balance('17', { after: '' })).toMatchObject({ staleMs: undefined });
    await client.transactions('17', { limit: 5, cursor: 'a b' }, { after: '2.1:9' });
    expect(two.asked.map(({ after }) => after)).toEqual(['1:billing.payin/4/207,1.1:5,2.1:7']);
    expect(one.asked.map(({ path, after }) => [path, after])).toEqual([
      ['/v1/accounts/17/balance', undefined],
      ['/v1/accounts/17/transactions?limit=5&cursor=a+b', '2.1:9'],
    ]);
  });

  test('what became of a pay-in is asked of the datacenter that took it, then of the others', async () => {
    one.says({ body: { status: 'applied' } });
    two.says('503 unavailable');
    const taken = { commandId: '0191d2c8-7a1b-7c3d-8e4f-5a6b7c8d9e0f', receipt: '2-4-207' };
    expect(await makeClient().payInStatus(taken)).toMatchObject({ heardBy: 1 });
    expect(two.asked.map(({ path }) => path)).toEqual([
      `/v1/pay-ins/${taken.commandId}?receipt=2-4-207`,
    ]);
  });

  test('with no time to give it asks each datacenter once', async () => {
    one.says('503 unavailable');
    two.says('503 unavailable');
    await expect(makeClient(0).balance('17')).rejects.toMatchObject({ kind: 'unavailable' });
    expect([one.asked.length, two.asked.length]).toEqual([1, 1]);
  });

  test('a read that is refused is refused at once', async () => {
    one.says('404 account-not-found');
    two.says(balance);
    await expect(makeClient().balance('18')).rejects.toMatchObject({ kind: 'account-not-found' });
    expect(two.asked).toEqual([]);
  });
});

test('what was written is asked for a minute, and no more than a position may name', () => {
  let nowMs = 0;
  const written = new OwnPositions(() => nowMs);
  expect(written.text).toBeUndefined();
  written.add('1.1:1,2.1:1');
  nowMs = 30_000;
  written.add('2.1:1,1.1:2');
  expect(written.text).toBe('1.1:1,2.1:1,1.1:2');
  nowMs = 60_000;
  expect(written.text).toBe('2.1:1,1.1:2');
  for (let number = 0; number < 300; number += 1) written.add(`3.1:${number}`);
  expect(written.text!.split(',')).toHaveLength(128);
  expect(written.text).toMatch(/3\.1:299$/);
});
