import { homeOfKey } from '@billing/contracts';
import { GatewayAnswerError, NotBegunError, OutcomeUnknownError } from './client.errors.js';
import { FakeDatacenter, type Refusal, type Said } from './fake-datacenter.js';
import { PayOutClient } from './pay-out-client.js';

describe('a client of several datacenters', () => {
  const one = new FakeDatacenter();
  const two = new FakeDatacenter();
  const order = { accountId: '17', amount: '1.00', currency: 'USD', metadata: { order: 7 } };
  let urls: string[];
  let nowhere: string;
  const clientOf = (first = urls[0]!, giveUpMs = 20_000): PayOutClient =>
    new PayOutClient({
      datacenters: [
        { nodeId: 1, url: first },
        { nodeId: 2, url: urls[1]! },
      ],
      token: () => 'now',
      attemptTimeoutMs: 300,
      giveUpMs,
    });

  beforeAll(async () => {
    urls = [await one.listen(), await two.listen()];
    const gone = new FakeDatacenter();
    nowhere = await gone.listen();
    await gone.close();
  });
  afterAll(() => Promise.all([one.close(), two.close()]));

  test('asks the nearest, under a key whose home it is', async () => {
    one.says('paid');
    two.says('paid');
    const answer = await clientOf().payOut(order);
    expect(answer).toEqual({
      payOut: { payOutId: '1' },
      replayed: true,
      idempotencyKey: one.keys[0],
      heardBy: 1,
    });
    expect(homeOfKey(one.keys[0]!)).toBe(1);
    expect(one.asked[0]).toMatchObject({ body: order, token: 'Bearer now' });
    expect(two.asked).toEqual([]);
  });

  test.each<[string, Said]>([
    ['is silent', 'silence'],
    ['breaks off', 'closed'],
    ['does not know the outcome', '503 outcome-unknown'],
    ['still works on it', '409 in-progress'],
    ['cannot now', '503 unavailable'],
    ['stands behind something that cannot', '502 bad-gateway'],
  ])('asks the next with the same key when the first %s', async (_, said) => {
    one.says(said);
    two.says('paid');
    const { heardBy } = await clientOf().payOut(order);
    expect(heardBy).toBe(2);
    expect(two.keys).toEqual(one.keys);
  });

  test('comes back to the first, again and again, one attempt at a time', async () => {
    one.says('silence', '503 outcome-unknown', 'paid');
    two.says('503 home-unreachable');
    const { heardBy, idempotencyKey } = await clientOf().payOut(order);
    expect(heardBy).toBe(1);
    expect(new Set([...one.keys, ...two.keys])).toEqual(new Set([idempotencyKey]));
    expect([one.asked.length, two.asked.length]).toEqual([3, 2]);
  });

  test.each<[string, () => string, Said[]]>([
    ['refuses connections', () => nowhere, []],
    ['is overloaded', () => urls[0]!, ['503 overloaded']],
  ])('takes a new key when the first %s and its database is away', async (_, first, said) => {
    one.says(...said);
    two.says('503 home-unreachable', 'paid');
    const { heardBy, idempotencyKey } = await clientOf(first()).payOut(order);
    expect(heardBy).toBe(2);
    expect(two.keys.map(homeOfKey)).toEqual([1, 2]);
    expect(two.keys[1]).toBe(idempotencyKey);
  });

  test('never changes a key that it was given, nor one that may have arrived', async () => {
    two.says('503 home-unreachable');
    one.says('silence');
    const inDoubt = clientOf(urls[0], 900).payOut(order);
    await expect(inDoubt).rejects.toBeInstanceOf(OutcomeUnknownError);
    await expect(inDoubt).rejects.toMatchObject({ idempotencyKey: two.keys[0] });
    expect(new Set([...one.keys, ...two.keys]).size).toBe(1);

    two.says('503 home-unreachable');
    const given = clientOf().createKey();
    const kept = clientOf(nowhere, 300).payOut(order, given);
    await expect(kept).rejects.toMatchObject({
      name: 'NotBegunError',
      idempotencyKey: given,
    });
    expect(new Set(two.keys)).toEqual(new Set([given]));
  });

  test('says that nothing was begun when nobody could begin', async () => {
    two.says('503 overloaded');
    const call = clientOf(nowhere, 300).payOut(order);
    await expect(call).rejects.toBeInstanceOf(NotBegunError);
  });

  test.each<[string, Refusal]>([
    ['refuses its token', '401 unauthenticated'],
    ['fails', '500 internal'],
    ['says that the money is not there', '422 insufficient-funds'],
  ])(
    'after a silence, the next one %s: the outcome is unknown, and the error has the key',
    async (_, said) => {
      one.says('silence');
      two.says(said);
      const call = clientOf().payOut(order);
      await expect(call).rejects.toBeInstanceOf(OutcomeUnknownError);
      const cause = said.startsWith('500') ? {} : { kind: said.slice(4) };
      await expect(call).rejects.toMatchObject({ idempotencyKey: one.keys[0], cause });
    },
  );

  test('an answer that is none is no refusal', async () => {
    one.says('201 garbled');
    const call = clientOf().payOut(order);
    await expect(call).rejects.toBeInstanceOf(OutcomeUnknownError);
    await expect(call).rejects.toMatchObject({ idempotencyKey: one.keys[0] });
  });

  test('without a token nothing is sent, and it is asked for again', async () => {
    one.says('paid');
    let asked = 0;
    const client = new PayOutClient({
      datacenters: [{ nodeId: 1, url: urls[0]! }],
      token: () => {
        asked += 1;
        if (asked === 1) throw new Error('not yet');
        return 'now';
      },
    });
    expect(await client.payOut(order)).toMatchObject({ heardBy: 1 });
    expect(one.keys).toHaveLength(1);
  });

  test('takes its time between two overloaded datacenters', async () => {
    one.says('503 home-unreachable', '503 overloaded');
    two.says('503 home-unreachable', '503 overloaded');
    const call = clientOf(urls[0], 600).payOut(order);
    await expect(call).rejects.toBeInstanceOf(NotBegunError);
    expect(one.asked.length + two.asked.length).toBeLessThan(20);
  });

  test('sends a key without a home to the nearest alone', async () => {
    one.says('503 unavailable', 'paid');
    two.says('paid');
    await clientOf().payOut(order, 'order 7');
    expect(one.keys).toEqual(['order 7', 'order 7']);
    expect(two.asked).toEqual([]);
  });

  test('is refused at once where another try says the same', async () => {
    one.says('422 insufficient-funds');
    two.says('paid');
    const call = clientOf().payOut(order);
    await expect(call).rejects.toBeInstanceOf(GatewayAnswerError);
    await expect(call).rejects.toMatchObject({ kind: 'insufficient-funds', retryable: false });
    expect(two.asked).toEqual([]);
  });
});
