import { homeOfKey } from '@billing/contracts';
import { BillingClient } from './billing-client.js';
import type { BulkItem, BulkItemResult } from './bulk-client.js';
import { GatewayAnswerError, NotBegunError, OutcomeUnknownError } from './client.errors.js';
import { FakeDatacenter, type Success } from './fake-datacenter.js';
import type { PayOutOrder } from './pay-out-client.js';

describe('bulks of a client', () => {
  const one = new FakeDatacenter();
  const two = new FakeDatacenter();
  const order = { accountId: '17', amount: '1.00', currency: 'USD' };
  let urls: string[];
  const clientOf = (giveUpMs = 2_000): BillingClient =>
    new BillingClient({
      datacenters: [
        { nodeId: 1, url: urls[0]! },
        { nodeId: 2, url: urls[1]! },
      ],
      token: 'now',
      attemptTimeoutMs: 400,
      giveUpMs,
    });
  const itemsOf = (...keys: string[]): BulkItem<PayOutOrder>[] =>
    keys.map((idempotencyKey) => ({ order, idempotencyKey }));
  const paid = (index: number): object => ({
    index,
    status: 201,
    position: `1.1:${index}`,
    body: { payOutId: `p${index}` },
  });
  const refused = (index: number, status: number, kind: string, retryable = false): object => ({
    index,
    status,
    body: { type: `/problems/${kind}`, retryable },
  });
  const results = (...body: object[]): Success => ({ body });

  async function all(bulk: AsyncGenerator<BulkItemResult>): Promise<BulkItemResult[]> {
    const found: BulkItemResult[] = [];
    for await (const result of bulk) found.push(result);
    return found;
  }

  beforeAll(async () => {
    urls = [await one.listen(), await two.listen()];
  });
  afterAll(() => Promise.all([one.close(), two.close()]));

  test('are asked at the nearest, each item under a key of its own, whose home that is', async () => {
    one.says(results(paid(0), refused(1, 422, 'insufficient-funds')));
    two.says('silence');
    const client = clientOf();
    const [first, second] = await all(client.bulk.payOuts([{ order }, { order }]));
    expect(first).toMatchObject({
      index: 0,
      outcome: { payOut: { payOutId: 'p0' }, position: '1.1:0', replayed: false, heardBy: 1 },
    });
    expect(second!.outcome).toBeInstanceOf(GatewayAnswerError);
    expect(second!.outcome).toMatchObject({ kind: 'insufficient-funds' });
    const sent = [first!, second!].map(({ idempotencyKey }) => ({ ...order, idempotencyKey }));
    expect(one.asked).toMatchObject([{ path: '/v1/pay-outs/bulk', body: sent }]);
    expect(new Set([first!, second!].map(({ idempotencyKey }) => idempotencyKey)).size).toBe(2);
    expect(homeOfKey(first!.idempotencyKey)).toBe(1);
    // What it has written is in what it reads.
    one.says({ body: {} });
    await client.balance('17');
    expect(one.asked[0]!.after).toBe('1.1:0');
  });

  test('of charges go their own way', async () => {
    one.says(results(paid(0)));
    await all(
      clientOf().bulk.charges([{ order: { accountId: '17', serviceId: '1', quantity: '2' } }]),
    );
    expect(one.asked[0]!.path).toBe('/v1/charges/bulk');
  });

  test('what may end otherwise is asked for by itself, under its key, elsewhere too; what is refused is not', async () => {
    one.says(
      results(paid(0), refused(1, 503, 'unavailable', true), refused(2, 409, 'account-frozen')),
      '503 unavailable',
    );
    two.says('paid');
    const client = clientOf();
    const key = client.createKey();
    const outcomes = await all(client.bulk.payOuts(itemsOf('first', key, 'last')));
    expect(outcomes.map(({ idempotencyKey }) => idempotencyKey)).toEqual(['first', key, 'last']);
    expect(outcomes[1]!.outcome).toMatchObject({ heardBy: 2 });
    expect(outcomes[2]!.outcome).toMatchObject({ kind: 'account-frozen' });
    expect(two.keys).toEqual([key]);
  });

  test('one that nobody answers is asked for item by item; what is refused then may have been paid', async () => {
    one.says('closed', '422 insufficient-funds');
    const [{ outcome, idempotencyKey }, ...none] = (await all(
      clientOf().bulk.payOuts(itemsOf('no home')),
    )) as [BulkItemResult];
    expect(none).toEqual([]);
    expect(outcome).toBeInstanceOf(OutcomeUnknownError);
    expect(one.keys.at(-1)).toBe(idempotencyKey);
  });

  test('one that nobody took has begun nothing', async () => {
    one.says('503 overloaded');
    const [{ outcome }] = (await all(clientOf(0).bulk.payOuts(itemsOf('no home')))) as [
      BulkItemResult,
    ];
    expect(outcome).toBeInstanceOf(NotBegunError);
  });

  test('an item of an answer that broke off is asked for again', async () => {
    one.says(results(paid(0)), 'paid');
    const outcomes = await all(clientOf().bulk.payOuts(itemsOf('no home', 'nor this')));
    expect(outcomes.map(({ outcome }) => outcome instanceof Error)).toEqual([false, false]);
    expect(one.keys.slice(1)).toEqual(['nor this']);
  });

  test('no more of the items is read than is asked for at once', async () => {
    let read = 0;
    async function* items(): AsyncGenerator<BulkItem<PayOutOrder>> {
      for (; read < 1_000; read += 1) yield { order };
    }
    one.says(results(...Array.from({ length: 200 }, (_, index) => paid(index))));
    const bulk = clientOf().bulk.payOuts(items());
    expect((await bulk.next()).value).toMatchObject({ index: 0 });
    expect(read).toBe(199);
    expect(one.asked).toHaveLength(1);
    for (let index = 1; index < 200; index += 1) await bulk.next();
    expect((await bulk.next()).value).toMatchObject({ index: 200 });
    expect(one.asked).toHaveLength(2);
    await bulk.return(undefined);
    expect(read).toBe(399);
  });
});
