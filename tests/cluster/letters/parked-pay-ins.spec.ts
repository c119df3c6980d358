import { LetterSite } from './letter-site.js';
import { command } from '../pay-ins/upstream.js';

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
  await site.cluster.stopMember('ledger-worker', 1);
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
  await site.cluster.startMember('ledger-worker', 1);
}, 30_000);

describe('what an operator has discarded', () => {
  test('stays rejected when its account arrives and it is sent again, unless that is replayed', async () => {
    const never = command(site.unknownAccount(), '9.00');
    const id = await site.park(never);
    const discard = { ids: [id], note: 'closed before it opened' };
    expect((await site.post('/v1/parked-pay-ins/discard', discard)).body).toMatchObject({
      results: [{ result: 'discarded' }],
    });
    expect(await site.paidIn(never.commandId)).toMatchObject({
      status: 'rejected',
      reason: 'account_not_found',
      detail: expect.stringContaining('discarded by an operator, for ever: sent again'),
    });
    await site.arrive(never.accountId);
    const again = await site.bury(never);
    expect(again).toMatchObject({ reason: 'command_discarded', status: 'open' });
    expect(await site.find('reason=command_discarded')).toEqual([again]);
    expect(await site.paidIn(never.commandId)).toMatchObject({
      status: 'rejected',
      reason: 'command_discarded',
      detail: expect.stringContaining(`dead letter ${id}`),
    });
    expect(await site.entriesOf(never.commandId)).toBe(0n);

    expect((await site.act(again.id, 'replay', { note: 'it opened' })).body).toMatchObject({
      result: 'applied',
    });
    expect(await site.paidIn(never.commandId)).toMatchObject({ status: 'applied', amount: '9.00' });
    expect(await site.entriesOf(never.commandId)).toBe(1n);
  });

  test('stays discarded when it is read again, a letter without a command id and one with', async () => {
    const noise = await site.bury(Buffer.from('{"noise'));
    const foreign = await site.bury(command(site.account, '7.50', { currency: 'XXQ' }));
    for (const { id } of [noise, foreign]) {
      expect((await site.act(id, 'discard', { note: 'noise' })).status).toBe(200);
    }
    await site.readAgain(noise);
    const offsets = new Set([noise.offset, foreign.offset]);
    const letters = await site.find('status=all&limit=200');
    expect(letters.filter(({ offset }) => offsets.has(offset))).toMatchObject([
      { id: foreign.id, status: 'discarded' },
      { id: noise.id, status: 'discarded' },
    ]);
    // What it should have said, under its own id: too late, an operator has said never.
    const corrected = { ...command(site.account, '7.50'), commandId: foreign.commandId };
    expect(await site.bury(corrected)).toMatchObject({ reason: 'command_discarded' });
    expect(await site.entriesOf(foreign.commandId!)).toBe(0n);
  });
});
