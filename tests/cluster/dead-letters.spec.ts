import { randomUUID } from 'node:crypto';
import { startNativeCluster, type NativeCluster } from '@billing/cluster';
import { eventually, Ledger } from '@billing/testing';
import { essence, GatewayProcess, problem, type Answer } from './gateway.process.js';
import { command, Upstream, type Command } from './upstream.js';

interface Act {
  act: string;
  result: string;
  client: string;
  note: string | null;
  newCommandId?: string;
}

interface Letter {
  id: string;
  partition: number;
  offset: string;
  reason: string;
  commandId: string | null;
  accountId: string | null;
  amount: string | null;
  currency: string | null;
  status: string;
  acts: Act[];
}

type Messages = Parameters<Upstream['sendRaw']>[0];

let cluster: NativeCluster;
let ledger: Ledger;
let upstream: Upstream;
let gateway: GatewayProcess;
let account: bigint;
let gone: bigint;
const tokens = new Map<string, string>();

beforeAll(async () => {
  cluster = await startNativeCluster({
    nodeCount: 1,
    parts: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
    postgres: { fsync: false },
    // What becomes of parked ones is said by the tests.
    appEnvironment: { 'ledger-worker': { WORKER_PARKED_RETRY_MS: '600000' } },
  });
  ledger = new Ledger(cluster, 1);
  upstream = await Upstream.connect(cluster.kafkaBroker(1));
  gateway = await GatewayProcess.start(cluster);
  for (const sub of ['ann', 'ben']) tokens.set(sub, cluster.signToken({ sub }));
  tokens.set('shop', cluster.signToken({ sub: 'shop', scope: 'pay-ins:write pay-ins:read' }));
  [account, gone] = (await ledger.openAccounts(2)) as [bigint, bigint];
  await ledger.value('select billing.delete_home_account($1)', [String(gone)]);
}, 120_000);

afterAll(async () => {
  await gateway?.stop();
  await Promise.all([upstream?.close(), ledger?.close()]);
  await cluster?.destroy();
}, 60_000);

const as = (client: string) => ({ authorization: `Bearer ${tokens.get(client)}` });
const get = (path: string, client = 'ann'): Promise<Answer> =>
  gateway.call('GET', path, undefined, as(client));
const post = (path: string, body: unknown, client = 'ann'): Promise<Answer> =>
  gateway.call('POST', path, body, as(client));
const act = (id: string, what: string, body: object, client = 'ann'): Promise<Answer> =>
  post(`/v1/dead-letters/${id}/${what}`, body, client);

async function find(query: string): Promise<Letter[]> {
  const { status, body } = await get(`/v1/dead-letters?${query}`);
  expect(status).toBe(200);
  return body['items'] as Letter[];
}

const letterOf = async ({ commandId }: Pick<Command, 'commandId'>): Promise<Letter> => {
  const [letter] = await eventually(
    () => find(`status=all&commandId=${commandId}`),
    (letters) => letters.length === 1,
  );
  return letter!;
};

const balance = async (): Promise<bigint> =>
  (await ledger.localBalances([account])).get(account) ?? 0n;
const paidIn = async (commandId: string): Promise<unknown> =>
  (await get(`/v1/pay-ins/${commandId}`, 'shop')).body;
const raw = (value: unknown): Messages => [
  {
    key: String(account),
    value: Buffer.isBuffer(value) ? value : Buffer.from(JSON.stringify(value)),
    partition: 0,
  },
];

/** One message of partition 0 that ends as a letter. */
async function bury(value: unknown): Promise<Letter> {
  const before = new Set((await find('status=all&limit=200')).map(({ id }) => id));
  await upstream.sendRaw(raw(value));
  const letters = await eventually(
    async () => (await find('status=all&limit=200')).filter(({ id }) => !before.has(id)),
    (found) => found.length === 1,
  );
  return letters[0]!;
}

async function park(value: Command): Promise<string> {
  await upstream.sendRaw(raw(value));
  const parked = await eventually(
    async () =>
      ((await get('/v1/parked-pay-ins?limit=200')).body['items'] as Letter[]).filter(
        ({ commandId }) => commandId === value.commandId,
      ),
    (found) => found.length === 1,
  );
  return parked[0]!.id;
}

let nextUnknown = 64n * 1_000_000n + 2n;
const unknownAccount = (): bigint => (nextUnknown += 64n);
/** What replication would do: the row of another node's account arrives. */
const arrive = (id: bigint): Promise<unknown> =>
  ledger.value(
    `with s as (select set_config('session_replication_role', 'replica', false))
     insert into billing.accounts (id, username, currency) select $1, 'late', 'USD' from s returning id`,
    [String(id)],
  );
/** What the worker does when the limit has passed. */
const expire = (): Promise<unknown> =>
  ledger.value("select dead from billing.retry_parked_pay_ins(100, '-1 seconds')");

test('letters are listed with what they seem to say, and shown with their bytes', async () => {
  const bytes = Buffer.concat([Buffer.from('{"amount": "5.00", '), Buffer.from([0xff, 0xfe])]);
  const broken = await bury(bytes);
  const foreign = command(account, '7.00', { currency: 'XXQ' });
  const unknown = await bury(foreign);

  expect(unknown).toMatchObject({
    id: `billing.payin/0/${unknown.offset}`,
    topic: 'billing.payin',
    partition: 0,
    reason: 'unknown_currency',
    detail: expect.any(String),
    commandId: foreign.commandId,
    accountId: String(account),
    amount: '7.00',
    currency: 'XXQ',
    status: 'open',
    receivedAt: expect.stringMatching(/Z$/),
    acts: [],
  });
  expect(broken).toMatchObject({ reason: 'invalid_json', commandId: null, amount: null });

  const { body } = await get(`/v1/dead-letters/${broken.id}`);
  expect(body).toMatchObject({
    id: broken.id,
    key: { text: String(account) },
    value: { base64: bytes.toString('base64'), text: null },
    allowedActs: ['replay', 'correct', 'discard'],
  });
  expect((await get(`/v1/dead-letters/${unknown.id}`)).body['value']).toMatchObject({
    text: JSON.stringify(foreign),
  });

  expect(await find('reason=invalid_json')).toEqual([broken]);
  expect(await find(`accountId=${account}&reason=unknown_currency`)).toEqual([unknown]);
  expect(await find('status=discarded')).toEqual([]);
  const first = (await get('/v1/dead-letters?limit=1')).body;
  const second = (await get(`/v1/dead-letters?limit=1&cursor=${String(first['nextCursor'])}`)).body;
  expect([first['items'], second['items']].flat()).toEqual([unknown, broken]);
  expect(second).toMatchObject({
    nextCursor: null,
    counts: { open: 2, byReason: { invalid_json: 1, unknown_currency: 1 } },
  });
});

test.each(['status=lost', 'reason=bad', 'accountId=x', 'commandId=7', 'cursor=x', 'limit=201'])(
  'a list with %s is refused',
  async (query) => {
    const answer = await get(`/v1/dead-letters?${query}`);
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ field: query.split('=')[0] }] },
    });
  },
);

test('without the scope nothing is shown and nothing done', async () => {
  const [letter] = await find('reason=unknown_currency');
  const answers = await Promise.all([
    get('/v1/dead-letters', 'shop'),
    get(`/v1/dead-letters/${letter!.id}`, 'shop'),
    get('/v1/parked-pay-ins', 'shop'),
    ...['replay', 'correct', 'discard'].map((what) => act(letter!.id, what, { note: 'x' }, 'shop')),
    post('/v1/dead-letters/bulk', {}, 'shop'),
    post('/v1/parked-pay-ins/retry', {}, 'shop'),
    post('/v1/parked-pay-ins/discard', {}, 'shop'),
  ]);
  for (const answer of answers) expect(essence(answer)).toEqual(problem('missing-scope', 403));
});

describe('a replay', () => {
  test('credits once, however often it is asked for, and says who did it', async () => {
    const early = command(unknownAccount(), '3.00', { metadata: { order: 7 } });
    await park(early);
    await expire();
    const { id } = await letterOf(early);
    expect(await paidIn(early.commandId)).toMatchObject({
      status: 'rejected',
      reason: 'account_not_found',
    });
    await arrive(BigInt(early.accountId));

    for (let n = 0; n < 2; n += 1) {
      const { status, body } = await act(id, 'replay', { note: 'the account is here' });
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
    expect(await ledger.localBalances([BigInt(early.accountId)])).toEqual(
      new Map([[BigInt(early.accountId), 300n]]),
    );
    expect(await paidIn(early.commandId)).toMatchObject({ status: 'applied', amount: '3.00' });
    expect(await get(`/v1/dead-letters/${id}`)).toMatchObject({ body: { allowedActs: [] } });
    await upstream.sendRaw(raw(early));
    await upstream.sendRaw(raw(command(account, '0.01')));
    await eventually(balance, (now) => now > 0n);
    expect(
      await ledger.value('select count(*) from billing.transaction_log where operation_id = $1', [
        early.commandId,
      ]),
    ).toBe(1n);
  });

  test('of what was applied meanwhile is a duplicate and credits nothing', async () => {
    const early = command(unknownAccount(), '4.00');
    await park(early);
    await expire();
    const { id } = await letterOf(early);
    await arrive(BigInt(early.accountId));
    await upstream.sendRaw(raw(early));
    await eventually(
      () => paidIn(early.commandId),
      (body) => (body as { status: string }).status === 'applied',
    );
    expect(await act(id, 'replay', {})).toMatchObject({
      status: 200,
      body: { result: 'duplicate', status: 'replayed' },
    });
    expect(
      await ledger.value(
        'select sum(amount_minor)::bigint from billing.transaction_log where account_id = $1',
        [early.accountId],
      ),
    ).toBe(400n);
  });

  test('is refused with the reason while it cannot be applied, and the letter stays open', async () => {
    const late = command(gone, '5.00');
    const { id } = await bury(late);
    expect(await act(id, 'replay', {})).toMatchObject({
      status: 200,
      body: { result: 'refused', reason: 'account_deleted', status: 'open', acts: [] },
    });
    const [broken] = await find('reason=invalid_json');
    expect(await act(broken!.id, 'replay', {})).toMatchObject({
      body: { result: 'refused', reason: 'invalid_json', status: 'open' },
    });
    expect(await paidIn(late.commandId)).toMatchObject({
      status: 'rejected',
      reason: 'account_deleted',
    });
  });

  test('of a message without a command id bears one that its name makes', async () => {
    const { commandId: _none, ...nameless } = command(account, '1.25');
    const { id, reason } = await bury(nameless);
    expect(reason).toBe('invalid_message');
    const before = await balance();
    const { body } = await act(id, 'replay', { note: 'upstream forgot it' });
    const [{ newCommandId }] = body['acts'] as [Act];
    expect(newCommandId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8/);
    expect((await act(id, 'replay', {})).body).toMatchObject({ result: 'applied' });
    expect(await balance()).toBe(before + 125n);
    expect(await paidIn(newCommandId!)).toMatchObject({ status: 'applied', amount: '1.25' });
  });

  test('of an account that is still unknown is parked again, and back when it does not come', async () => {
    const early = command(unknownAccount(), '6.00');
    await park(early);
    await expire();
    const { id } = await letterOf(early);
    expect(await act(id, 'replay', {})).toMatchObject({
      body: { result: 'parked', status: 'replayed' },
    });
    expect(await paidIn(early.commandId)).toMatchObject({ status: 'parked' });
    await expire();
    expect(await letterOf(early)).toMatchObject({
      id,
      status: 'open',
      acts: [{ result: 'parked' }],
    });
    expect(await paidIn(early.commandId)).toMatchObject({ status: 'rejected' });
    expect(await act(id, 'discard', { note: 'never opened' })).toMatchObject({ status: 200 });
  });
});

describe('a letter that conflicts with an applied pay-in', () => {
  const first = (): Command => command(account, '10.00');

  test('is not replayed; corrected it bears a new id, or is discarded', async () => {
    const applied = first();
    await upstream.sendRaw(raw(applied));
    const { id, reason } = await bury({ ...applied, amount: '11.00' });
    expect(reason).toBe('command_conflict');
    expect((await get(`/v1/dead-letters/${id}`)).body['allowedActs']).toEqual([
      'correct',
      'discard',
    ]);
    expect(await act(id, 'replay', {})).toMatchObject({
      body: { result: 'refused', reason: 'command_conflict', status: 'open' },
    });
    const before = await balance();
    const payIn = { accountId: String(account), amount: '11.00', currency: 'USD' };
    const same = { payIn: { ...payIn, commandId: applied.commandId }, note: 'meant' };
    expect(essence(await act(id, 'correct', same))).toEqual(
      problem('invalid-request', 400, ['payIn.commandId']),
    );
    const corrected = await act(id, 'correct', { payIn, note: 'a second order under one id' });
    expect(corrected).toMatchObject({
      status: 200,
      body: { result: 'applied', status: 'corrected' },
    });
    expect((await act(id, 'correct', { payIn, note: 'again' })).body).toMatchObject({
      result: 'applied',
    });
    expect(await balance()).toBe(before + 1_100n);
    const [{ newCommandId }] = corrected.body['acts'] as [Act];
    expect(await paidIn(newCommandId!)).toMatchObject({ status: 'applied', amount: '11.00' });
    expect(await paidIn(applied.commandId)).toMatchObject({ status: 'applied', amount: '10.00' });
  });
});

describe('a correction', () => {
  test('keeps the command id that nothing was applied under', async () => {
    const [letter] = await find('reason=unknown_currency');
    const before = await balance();
    const payIn = {
      accountId: String(account),
      amount: '7.00',
      currency: 'USD',
      reference: 'USD meant',
    };
    const other = { payIn: { ...payIn, commandId: randomUUID() }, note: 'x' };
    expect(essence(await act(letter!.id, 'correct', other))).toEqual(
      problem('invalid-request', 400, ['payIn.commandId']),
    );
    expect(
      (await act(letter!.id, 'correct', { payIn, note: 'XXQ is USD' }, 'ben')).body,
    ).toMatchObject({
      result: 'applied',
      status: 'corrected',
      acts: [{ act: 'correct', client: 'ben', note: 'XXQ is USD' }],
    });
    expect(await balance()).toBe(before + 700n);
    expect(await paidIn(letter!.commandId!)).toMatchObject({
      status: 'applied',
      reference: 'USD meant',
    });
  });

  test('is judged like any pay-in', async () => {
    const [broken] = await find('reason=invalid_json');
    const good = { accountId: String(account), amount: '7.00', currency: 'USD' };
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
      expect(await act(broken!.id, 'correct', body)).toMatchObject({
        status: 400,
        body: { errors: [{ field }] },
      });
    }
    const eur = { payIn: { ...good, currency: 'EUR' }, note: 'x' };
    expect((await act(broken!.id, 'correct', eur)).body).toMatchObject({
      result: 'refused',
      reason: 'currency_mismatch',
      status: 'open',
    });
  });
});

test('of two operators at once one wins, and the other hears who did what', async () => {
  for (let n = 0; n < 5; n += 1) {
    const { id } = await bury(Buffer.from(`{"race ${n}`));
    const payIn = { accountId: String(account), amount: '0.50', currency: 'USD' };
    const before = await balance();
    const answers = await Promise.all([
      act(id, 'discard', { note: 'garbage' }, 'ann'),
      act(id, 'correct', { payIn, note: 'readable' }, 'ben'),
      act(id, 'discard', { note: 'garbage' }, 'ann'),
    ]);
    const [letter] = (await find('status=all&limit=200')).filter((one) => one.id === id);
    expect(letter!.acts).toHaveLength(1);
    const [{ act: done, client }] = letter!.acts as [Act];
    const lost = answers.filter(({ status }) => status === 409);
    expect(lost).toHaveLength(client === 'ann' ? 1 : 2);
    for (const answer of lost) {
      expect(essence(answer)).toEqual(problem('already-resolved', 409));
      expect(answer.body).toMatchObject({ id, act: done, client, at: expect.stringMatching(/Z$/) });
    }
    expect((await balance()) - before).toBe(client === 'ben' ? 50n : 0n);
  }
});

test('many at once: each has its result, and a bad one stops no other', async () => {
  const one = await bury(Buffer.from('{"one'));
  const two = await bury(Buffer.from('{"two'));
  const deleted = (await find('reason=account_deleted'))[0]!;
  const ids = [one.id, 'nonsense', 'billing.payin/0/999999', two.id, one.id];
  const { status, body } = await post('/v1/dead-letters/bulk', {
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
  const replays = await post(
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
  expect(essence(await post('/v1/dead-letters/bulk', many))).toEqual(
    problem('invalid-request', 400, ['ids']),
  );
  expect(essence(await post('/v1/dead-letters/bulk', { act: 'discard', ids }))).toEqual(
    problem('invalid-request', 400, ['note']),
  );
});

test('parked pay-ins are tried now, or discarded with their bytes', async () => {
  const [soon, never] = [command(unknownAccount(), '8.00'), command(unknownAccount(), '9.00')];
  const soonId = await park(soon);
  const neverId = await park(never);
  await arrive(BigInt(soon.accountId));
  const tried = (await post('/v1/parked-pay-ins/retry', {})).body;
  expect(tried).toMatchObject({
    results: [
      { id: soonId, result: 'applied' },
      { id: neverId, result: 'parked' },
    ],
    waiting: 1,
  });
  expect(await paidIn(soon.commandId)).toMatchObject({ status: 'applied', amount: '8.00' });
  expect((await get('/v1/parked-pay-ins')).body).toMatchObject({
    items: [
      { id: neverId, amount: '9.00', currency: 'USD', tries: 1, retriedAt: expect.any(String) },
    ],
    nextCursor: null,
  });
  expect((await post('/v1/parked-pay-ins/retry', { ids: [soonId] })).body).toMatchObject({
    results: [{ result: 'applied' }],
  });

  const discard = { ids: [neverId], note: 'closed before it opened' };
  for (let n = 0; n < 2; n += 1) {
    expect((await post('/v1/parked-pay-ins/discard', discard)).body).toEqual({
      results: [{ id: neverId, result: 'discarded' }],
    });
  }
  expect((await get(`/v1/dead-letters/${neverId}`)).body).toMatchObject({
    status: 'discarded',
    reason: 'account_not_found',
    value: { text: JSON.stringify(never) },
    acts: [
      { act: 'retry', result: 'parked', client: 'ann' },
      { act: 'discard', client: 'ann', note: 'closed before it opened' },
    ],
  });
  expect(await paidIn(never.commandId)).toMatchObject({ status: 'rejected' });
  expect((await get('/v1/parked-pay-ins')).body).toMatchObject({ items: [] });
});

test('a name that nothing has is not found', async () => {
  for (const id of ['billing.payin/0/999999', 'billing.payin/0/x', 'billing.payin/0/1~9']) {
    expect(essence(await get(`/v1/dead-letters/${id}`))).toEqual(problem('not-found', 404));
    expect(essence(await act(id, 'discard', { note: 'x' }))).toEqual(problem('not-found', 404));
  }
});

test('all of it was done without the broker, and every balance is the sum of its entries', async () => {
  const { id } = await bury(command(account, '2.00', { currency: 'EUR' }));
  await cluster.stopPart('kafka', 1);
  const payIn = { accountId: String(account), amount: '2.00', currency: 'USD' };
  expect(await act(id, 'correct', { payIn, note: 'no broker is needed' })).toMatchObject({
    body: { result: 'applied' },
  });
  expect(await ledger.unbalanced()).toBe(0n);
  expect(
    await ledger.value(
      'select count(*) from (select from billing.transaction_log group by operation_id having count(*) > 1) twice',
    ),
  ).toBe(0n);
}, 30_000);
