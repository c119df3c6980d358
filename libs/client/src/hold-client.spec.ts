import { homeOfKey } from '@billing/contracts';
import { BillingClient } from './billing-client.js';
import { GatewayAnswerError, NotBegunError, OutcomeUnknownError } from './client.errors.js';
import { FakeDatacenter, type Said, type Success } from './fake-datacenter.js';

describe('a client of holds', () => {
  const one = new FakeDatacenter();
  const two = new FakeDatacenter();
  const order = { accountId: '17', amount: '8.00', currency: 'USD', heldForMs: 60_000 };
  const holdId = '6abe1f3c-92d1-8002-9a3b-5f0c2e1d7b64';
  const held: Success = { body: { holdId }, headers: { 'billing-position': '2.1:7' } };
  const captured: Success = { body: { captured: '1.00', unknown: '0.00' } };
  let client: BillingClient;

  beforeAll(async () => {
    const [first, second] = [await one.listen(), await two.listen()];
    client = new BillingClient({
      datacenters: [
        { nodeId: 1, url: first },
        { nodeId: 2, url: second },
      ],
      token: 'now',
      attemptTimeoutMs: 300,
      giveUpMs: 400,
    });
  });
  afterAll(() => Promise.all([one.close(), two.close()]));

  test('authorises at the nearest, under a key whose home it is, and at the next when that is silent', async () => {
    one.says('silence');
    two.says(held);
    const { answer, idempotencyKey, heardBy, position } = await client.holds.authorise(order);
    expect({ answer, heardBy, position }).toEqual({
      answer: { holdId },
      heardBy: 2,
      position: '2.1:7',
    });
    expect(homeOfKey(idempotencyKey)).toBe(1);
    expect(two.keys).toEqual(one.keys);
    expect(two.asked[0]).toMatchObject({ path: '/v1/holds', body: order });
    // What it has written is in what it reads.
    two.says({ body: { holdId, status: 'open' } });
    one.says('503 unavailable');
    expect(await client.findHold(holdId)).toMatchObject({ body: { status: 'open' } });
    expect(two.asked[0]).toMatchObject({ path: `/v1/holds/${holdId}`, after: '2.1:7' });
    await expect(async () => client.holds.authorise(order, 'of no home')).rejects.toThrow(
      'createKey()',
    );
  });

  test('asks the home of a hold first, under keys that have it, too', async () => {
    two.says(captured);
    one.says('503 unavailable');
    const money = { amount: '1.00', currency: 'USD' };
    const { answer, idempotencyKey, heardBy } = await client.holds.capture(holdId, money);
    expect({ answer, heardBy }).toEqual({ answer: captured.body, heardBy: 2 });
    expect(homeOfKey(idempotencyKey)).toBe(2);
    const refunded = await client.holds.refund({ holdId, captureId: 'c' }, money);
    expect(homeOfKey(refunded.idempotencyKey)).toBe(2);
    await client.holds.void(holdId);
    await client.holds.extend(holdId, 5_000);
    const asked = two.asked.map(({ path, body }) => [path.split('/').at(-1), body]);
    expect(asked).toEqual([
      ['capture', money],
      ['refunds', money],
      ['void', {}],
      ['extend', { heldForMs: 5_000 }],
    ]);
    expect(one.asked).toEqual([]);
    expect(() => client.holds.void('17')).toThrow('no id of a hold');
  });

  test.each<[string, Said, new (...args: never[]) => Error]>([
    ['nobody begins it', '503 unavailable', NotBegunError],
    ['somebody may have done it', 'silence', OutcomeUnknownError],
    ['there is less', '422 hold-exceeded', GatewayAnswerError],
  ])('a capture fails by what is known of it: %s', async (_, said, kind) => {
    two.says(said);
    one.says('503 home-unreachable');
    const money = { amount: '1.00', currency: 'USD' };
    const asked = client.holds.capture(holdId, money, 'kept@dc2');
    await expect(asked).rejects.toBeInstanceOf(kind);
    if (kind !== GatewayAnswerError) {
      await expect(asked).rejects.toMatchObject({ idempotencyKey: 'kept@dc2' });
    }
    expect(new Set([...one.keys, ...two.keys])).toEqual(new Set(['kept@dc2']));
  });
});
