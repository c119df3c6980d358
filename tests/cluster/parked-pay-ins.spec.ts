import { LetterSite } from './letter.site.js';
import { command } from './upstream.js';

let site: LetterSite;

beforeAll(async () => {
  site = await LetterSite.open();
}, 120_000);

afterAll(() => site?.close(), 60_000);

test('parked pay-ins are tried now, or discarded with their bytes', async () => {
  const [soon, never] = [
    command(site.unknownAccount(), '8.00'),
    command(site.unknownAccount(), '9.00'),
  ];
  const soonId = await site.park(soon);
  const neverId = await site.park(never);
  // Its own turns would come first.
  await site.cluster.stopPart('ledger-worker', 1);
  await site.arrive(soon.accountId);
  const tried = (await site.post('/v1/parked-pay-ins/retry', {})).body;
  expect(tried).toMatchObject({
    results: [
      { id: soonId, result: 'applied' },
      { id: neverId, result: 'parked' },
    ],
    waiting: 1,
  });
  expect(await site.paidIn(soon.commandId)).toMatchObject({ status: 'applied', amount: '8.00' });
  expect((await site.get('/v1/parked-pay-ins')).body).toMatchObject({
    items: [
      { id: neverId, amount: '9.00', currency: 'USD', tries: 1, retriedAt: expect.any(String) },
    ],
    nextCursor: null,
  });
  expect((await site.post('/v1/parked-pay-ins/retry', { ids: [soonId] })).body).toMatchObject({
    results: [{ result: 'applied' }],
  });

  const discard = { ids: [neverId], note: 'closed before it opened' };
  for (let n = 0; n < 2; n += 1) {
    expect((await site.post('/v1/parked-pay-ins/discard', discard)).body).toEqual({
      results: [{ id: neverId, result: 'discarded' }],
    });
  }
  expect((await site.get(`/v1/dead-letters/${neverId}`)).body).toMatchObject({
    status: 'discarded',
    reason: 'account_not_found',
    value: { text: JSON.stringify(never) },
    acts: [
      { act: 'retry', result: 'parked', client: 'ann' },
      { act: 'discard', client: 'ann', note: 'closed before it opened' },
    ],
  });
  expect(await site.paidIn(never.commandId)).toMatchObject({ status: 'rejected' });
  expect((await site.get('/v1/parked-pay-ins')).body).toMatchObject({ items: [] });
  await site.cluster.startPart('ledger-worker', 1);
}, 30_000);
