import { randomUUID } from 'node:crypto';
import { eventually } from '@billing/testing';
import { compareTopics } from '../pay-ins/asyncapi-document.js';
import { essence, problem } from '../gateway/gateway-process.js';
import { LetterSite, type Act } from './letter-site.js';
import { command, type Command } from '../pay-ins/upstream.js';

let site: LetterSite;

beforeAll(async () => {
  site = await LetterSite.open();
}, 120_000);

afterAll(() => site?.close(), 60_000);

test('letters are listed with what they seem to say, and shown with their bytes', async () => {
  const bytes = Buffer.concat([Buffer.from('{"amount": "5.00", '), Buffer.from([0xff, 0xfe])]);
  const broken = await site.bury(bytes);
  const foreign = command(site.account, '7.00', { currency: 'XXQ' });
  const unknown = await site.bury(foreign);

  expect(unknown).toMatchObject({
    id: `billing.payin/0/${unknown.offset}`,
    topic: 'billing.payin',
    partition: 0,
    reason: 'unknown_currency',
    detail: expect.any(String),
    commandId: foreign.commandId,
    accountId: String(site.account),
    amount: '7.00',
    currency: 'XXQ',
    status: 'open',
    receivedAt: expect.stringMatching(/Z$/),
    acts: [],
  });
  expect(broken).toMatchObject({ reason: 'invalid_json', commandId: null, amount: null });

  const { body } = await site.get(`/v1/dead-letters/${broken.id}`);
  expect(body).toMatchObject({
    id: broken.id,
    key: { text: String(site.account) },
    value: { base64: bytes.toString('base64'), text: null },
    allowedActs: ['replay', 'correct', 'discard'],
  });
  expect((await site.get(`/v1/dead-letters/${unknown.id}`)).body['value']).toMatchObject({
    text: JSON.stringify(foreign),
  });

  expect(await site.find('reason=invalid_json')).toEqual([broken]);
  expect(await site.find(`accountId=${site.account}&reason=unknown_currency`)).toEqual([unknown]);
  expect(await site.find('status=discarded')).toEqual([]);
  const first = (await site.get('/v1/dead-letters?limit=1')).body;
  const second = (await site.get(`/v1/dead-letters?limit=1&cursor=${String(first['nextCursor'])}`))
    .body;
  expect([first['items'], second['items']].flat()).toEqual([unknown, broken]);
  expect(second).toMatchObject({
    nextCursor: null,
    counts: { open: 2, byReason: { invalid_json: 1, unknown_currency: 1 } },
  });
});

test.each(['status=lost', 'reason=bad', 'accountId=x', 'commandId=7', 'cursor=x', 'limit=201'])(
  'a list with %s is refused',
  async (query) => {
    const answer = await site.get(`/v1/dead-letters?${query}`);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field: query.split('=')[0] }] },
    });
  },
);

describe('a replay', () => {
  test('credits once, however often it is asked for, and says who did it', async () => {
    const early = command(site.unknownAccount(), '3.00', { metadata: { order: 7 } });
    await site.park(early);
    await site.expire();
    const { id } = await site.letterOf(early);
    expect(await site.paidIn(early.commandId)).toMatchObject({
      status: 'rejected',
      reason: 'account_not_found',
    });
    await site.arrive(early.accountId);

    for (let n = 0; n < 2; n += 1) {
      const { status, body } = await site.act(id, 'replay', { note: 'the account is here' });
      expect({ status, body }).toMatchObject({
        status: 200,
        body: {
          id,
          result: 'applied',
          status: 'replayed',
          acts: [{ act: 'replay', result: 'applied', client: 'ann', note: 'the account is here' }],
        },
      });
    }
    expect(await site.entriesOf(early.commandId)).toBe(1n);
    expect(await site.paidIn(early.commandId)).toMatchObject({ status: 'applied', amount: '3.00' });
    expect(await site.get(`/v1/dead-letters/${id}`)).toMatchObject({ body: { allowedActs: [] } });
    await site.send(early);
    await site.send(command(site.account, '0.01'));
    await eventually(
      () => site.balance(),
      (now) => now > 0n,
    );
    expect(await site.entriesOf(early.commandId)).toBe(1n);
  });

  test('of what was applied meanwhile is a duplicate and credits nothing', async () => {
    const early = command(site.unknownAccount(), '4.00');
    await site.park(early);
    await site.expire();
    const { id } = await site.letterOf(early);
    await site.arrive(early.accountId);
    await site.send(early);
    await eventually(
      () => site.paidIn(early.commandId),
      ({ status }) => status === 'applied',
    );
    expect(await site.act(id, 'replay', {})).toMatchObject({
      status: 200,
      body: { result: 'duplicate', status: 'replayed' },
    });
    expect(await site.entriesOf(early.commandId)).toBe(1n);
  });

  test('is refused with the reason while it cannot be applied, and the letter stays open', async () => {
    const late = command(site.deletedAccount, '5.00');
    const { id } = await site.bury(late);
    expect(await site.act(id, 'replay', {})).toMatchObject({
      status: 200,
      body: { result: 'refused', reason: 'account_deleted', status: 'open', acts: [] },
    });
    const [broken] = await site.find('reason=invalid_json');
    expect(await site.act(broken!.id, 'replay', {})).toMatchObject({
      body: { result: 'refused', reason: 'invalid_json', status: 'open' },
    });
    expect(await site.paidIn(late.commandId)).toMatchObject({
      status: 'rejected',
      reason: 'account_deleted',
    });
  });

  test('of a message without a command id bears one that its name makes', async () => {
    const { commandId: _none, ...nameless } = command(site.account, '1.25');
    const { id, reason } = await site.bury(nameless);
    expect(reason).toBe('invalid_message');
    const before = await site.balance();
    const { body } = await site.act(id, 'replay', { note: 'upstream forgot it' });
    const [{ newCommandId }] = body['acts'] as [Act];
    expect(newCommandId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8/);
    expect((await site.act(id, 'replay', {})).body).toMatchObject({ result: 'applied' });
    expect(await site.balance()).toBe(before + 125n);
    expect(await site.paidIn(newCommandId!)).toMatchObject({ status: 'applied', amount: '1.25' });
  });

  test('of a message that is read again credits nothing: it is the letter that was replayed', async () => {
    const { commandId: _none, ...nameless } = command(site.account, '7.00');
    const letter = await site.bury(nameless);
    await site.act(letter.id, 'replay', { note: 'upstream forgot it' });
    const before = await site.balance();
    await site.readAgain(letter);
    const letters = await site.find('status=all&reason=invalid_message&limit=200');
    const places = letters.filter(({ offset }) => offset === letter.offset);
    expect(places).toMatchObject([{ id: letter.id, status: 'replayed' }]);
    expect((await site.act(letter.id, 'replay', {}, 'ben')).status).toBe(409);
    expect(await site.balance()).toBe(before + 1n);
  });

  test('of an account that is still unknown is parked again, and back when it does not come', async () => {
    const early = command(site.unknownAccount(), '6.00');
    await site.park(early);
    await site.expire();
    const { id } = await site.letterOf(early);
    expect(await site.act(id, 'replay', {})).toMatchObject({
      body: { result: 'parked', status: 'replayed' },
    });
    expect(await site.paidIn(early.commandId)).toMatchObject({ status: 'parked' });
    await site.expire();
    expect(await site.letterOf(early)).toMatchObject({
      id,
      status: 'open',
      acts: [{ result: 'parked' }],
    });
    expect(await site.paidIn(early.commandId)).toMatchObject({ status: 'rejected' });
    expect(await site.act(id, 'discard', { note: 'never opened' })).toMatchObject({ status: 200 });
  });
});

describe('a letter that conflicts with an applied pay-in', () => {
  const first = (): Command => command(site.account, '10.00');

  test('is not replayed; corrected it bears a new id, or is discarded', async () => {
    const applied = first();
    await site.send(applied);
    const { id, reason } = await site.bury({ ...applied, amount: '11.00' });
    expect(reason).toBe('command_conflict');
    expect((await site.get(`/v1/dead-letters/${id}`)).body['allowedActs']).toEqual([
      'correct',
      'discard',
    ]);
    expect(await site.act(id, 'replay', {})).toMatchObject({
      body: { result: 'refused', reason: 'command_conflict', status: 'open' },
    });
    const before = await site.balance();
    const payIn = { accountId: String(site.account), amount: '11.00', currency: 'USD' };
    const same = { payIn: { ...payIn, commandId: applied.commandId }, note: 'meant' };
    expect(essence(await site.act(id, 'correct', same))).toEqual(
      problem('invalid-request', 400, ['payIn.commandId']),
    );
    const metadata = '{"orderId":9007199254740993}';
    const [start] = JSON.stringify({ note: 'a second order under one id', payIn }).split('}}');
    // The way of an operator at another datacenter, with the digits of the metadata.
    const path = `/v1/operations/datacenters/1/dead-letters/${id}/correct`;
    const corrected = await site.post(path, `${start},"metadata":${metadata}}}`);
    expect(corrected).toMatchObject({
      status: 200,
      body: { result: 'applied', status: 'corrected' },
    });
    const again = `{"note":"again","payIn":{"metadata":${metadata},${JSON.stringify(payIn).slice(1)}}`;
    expect((await site.post(`/v1/dead-letters/${id}/correct`, again)).body).toMatchObject({
      result: 'applied',
    });
    expect(await site.balance()).toBe(before + 1_100n);
    const [{ newCommandId }] = corrected.body['acts'] as [Act];
    expect(await site.paidIn(newCommandId!)).toMatchObject({ status: 'applied', amount: '11.00' });
    const { text } = await site.get(`/v1/pay-ins/${newCommandId!}`, 'shop');
    expect(text).toContain(metadata);
    expect(await site.paidIn(applied.commandId)).toMatchObject({
      status: 'applied',
      amount: '10.00',
    });
  });
});

describe('a correction', () => {
  test('keeps the command id that nothing was applied under', async () => {
    const [letter] = await site.find('reason=unknown_currency');
    const before = await site.balance();
    const payIn = {
      accountId: String(site.account),
      amount: '7.00',
      currency: 'USD',
      reference: 'USD meant',
    };
    const other = { payIn: { ...payIn, commandId: randomUUID() }, note: 'x' };
    expect(essence(await site.act(letter!.id, 'correct', other))).toEqual(
      problem('invalid-request', 400, ['payIn.commandId']),
    );
    expect(
      (await site.act(letter!.id, 'correct', { payIn, note: 'XXQ is USD' }, 'ben')).body,
    ).toMatchObject({
      result: 'applied',
      status: 'corrected',
      acts: [{ act: 'correct', client: 'ben', note: 'XXQ is USD' }],
    });
    expect(await site.balance()).toBe(before + 700n);
    expect(await site.paidIn(letter!.commandId!)).toMatchObject({
      status: 'applied',
      reference: 'USD meant',
    });
  });

  test('is judged like any pay-in', async () => {
    const [broken] = await site.find('reason=invalid_json');
    const good = { accountId: String(site.account), amount: '7.00', currency: 'USD' };
    const wrong: [object, string][] = [
      [{ note: 'x' }, 'payIn'],
      [{ payIn: good }, 'note'],
      [{ payIn: { ...good, amount: '0' }, note: 'x' }, 'payIn.amount'],
      [{ payIn: { ...good, currency: 'XXQ' }, note: 'x' }, 'payIn.currency'],
      [{ payIn: { ...good, commandId: '7' }, note: 'x' }, 'payIn.commandId'],
      [{ payIn: { ...good, more: 1 }, note: 'x' }, 'payIn.more'],
      [{ payIn: good, note: 'x'.repeat(501) }, 'note'],
    ];
    for (const [body, field] of wrong) {
      expect(await site.act(broken!.id, 'correct', body)).toMatchObject({
        status: 400,
        body: { errors: [{ field }] },
      });
    }
    const eur = { payIn: { ...good, currency: 'EUR' }, note: 'x' };
    expect((await site.act(broken!.id, 'correct', eur)).body).toMatchObject({
      result: 'refused',
      reason: 'currency_mismatch',
      status: 'open',
    });
  });
});

test('of two operators at once one wins, and the other hears who did what', async () => {
  for (let n = 0; n < 5; n += 1) {
    const { id } = await site.bury(Buffer.from(`{"race ${n}`));
    const payIn = { accountId: String(site.account), amount: '0.50', currency: 'USD' };
    const before = await site.balance();
    const answers = await Promise.all([
      site.act(id, 'discard', { note: 'garbage' }, 'ann'),
      site.act(id, 'correct', { payIn, note: 'readable' }, 'ben'),
      site.act(id, 'discard', { note: 'garbage' }, 'ann'),
    ]);
    const [letter] = (await site.find('status=all&limit=200')).filter((one) => one.id === id);
    expect(letter!.acts).toHaveLength(1);
    const [{ act: done, client }] = letter!.acts as [Act];
    const lost = answers.filter(({ status }) => status === 409);
    expect(lost).toHaveLength(client === 'ann' ? 1 : 2);
    for (const answer of lost) {
      expect(essence(answer)).toEqual(problem('already-resolved', 409));
      expect(answer.body).toMatchObject({ id, act: done, client, at: expect.stringMatching(/Z$/) });
    }
    expect((await site.balance()) - before).toBe(client === 'ben' ? 50n : 0n);
  }
});

test('many at once: each has its result, and a bad one stops no other', async () => {
  const one = await site.bury(Buffer.from('{"one'));
  const two = await site.bury(Buffer.from('{"two'));
  const deleted = (await site.find('reason=account_deleted'))[0]!;
  const ids = [one.id, 'nonsense', 'billing.payin/0/999999', two.id, one.id];
  const { status, body } = await site.post('/v1/dead-letters/bulk', {
    act: 'discard',
    ids,
    note: 'noise',
  });
  expect(status).toBe(200);
  expect(body['results']).toMatchObject([
    { id: one.id, result: 'discarded' },
    { id: 'nonsense', result: 'refused', reason: 'invalid_request' },
    { id: 'billing.payin/0/999999', result: 'refused', reason: 'not_found' },
    { id: two.id, result: 'discarded' },
    { id: one.id, result: 'discarded' },
  ]);
  const replays = await site.post(
    '/v1/dead-letters/bulk',
    { act: 'replay', ids: [two.id, deleted.id] },
    'ben',
  );
  expect(replays.body['results']).toMatchObject([
    {
      result: 'refused',
      reason: 'already_resolved',
      detail: expect.stringContaining('ann discarded it'),
    },
    { result: 'refused', reason: 'account_deleted' },
  ]);
  const many = { act: 'replay', ids: Array.from({ length: 501 }, () => one.id), note: 'x' };
  expect(essence(await site.post('/v1/dead-letters/bulk', many))).toEqual(
    problem('invalid-request', 400, ['ids']),
  );
  expect(essence(await site.post('/v1/dead-letters/bulk', { act: 'discard', ids }))).toEqual(
    problem('invalid-request', 400, ['note']),
  );
});

test('a name that nothing has is not found', async () => {
  for (const id of ['billing.payin/0/999999', 'billing.payin/0/x', 'billing.payin/0/1~9']) {
    expect(essence(await site.get(`/v1/dead-letters/${id}`))).toEqual(problem('not-found', 404));
    expect(essence(await site.act(id, 'discard', { note: 'x' }))).toEqual(
      problem('not-found', 404),
    );
  }
});

test('what was produced and copied is as the AsyncAPI document says', async () => {
  // More than the topic takes with the headers of a copy.
  await site.bury(Buffer.alloc(1_048_400, '{'));
  const letters = await site.find('status=all&limit=200');
  const compared = await compareTopics(site.cluster.kafkaConnection(1), letters);
  expect(compared.violations).toEqual([]);
  expect(compared.copied).toEqual(expect.arrayContaining(['invalid_json', 'command_conflict']));
}, 60_000);

test('all of it was done without the broker, and every balance is the sum of its entries', async () => {
  const { id } = await site.bury(command(site.account, '2.00', { currency: 'EUR' }));
  await site.cluster.stopMember('kafka', 1);
  const payIn = { accountId: String(site.account), amount: '2.00', currency: 'USD' };
  expect(await site.act(id, 'correct', { payIn, note: 'no broker is needed' })).toMatchObject({
    body: { result: 'applied' },
  });
  expect(await site.ledger.unbalanced()).toBe(0n);
}, 30_000);
