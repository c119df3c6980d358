import { randomUUID } from 'node:crypto';
import { aPosition, refusalOf } from '../coordinator/coordinator-client.js';
import { command } from '../pay-ins/upstream.js';
import { repeatOf, requestOf } from '../pay-outs/pay-out.request.js';
import { essence, problem, type Answer } from './gateway-process.js';
import {
  makingCalls,
  money,
  NOBODYS,
  noTenants,
  TenantSite,
  type TenantClient,
} from './tenant-site.js';

// What each route answers to strangers: gateway-access.spec.ts, each rpc: coordinator-access.spec.ts.
let site: TenantSite;
/** Of one tenant each; all but `neighbour` are the same client. */
let a: TenantClient;
let b: TenantClient;
let neighbour: TenantClient;
let unnamed: TenantClient;
let both: TenantClient;
let all: TenantClient;

beforeAll(async () => {
  site = await TenantSite.start();
  a = await site.client('a');
  b = await site.client('b');
  neighbour = await site.client('b', 'neighbour');
  unnamed = await site.client();
  both = await site.client(['a', 'b']);
  all = await site.client('*');
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

const untouched = { deleted: false, total: '100.00', reserved: '0.00', moves: [] };

describe('an account', () => {
  test('is of the tenant of the token that opened it', async () => {
    const one = await site.client(['listed']);
    const owners: [TenantClient, string][] = [
      [a, 'a'],
      [unnamed, 'default'],
      [one, 'listed'],
    ];
    for (const [owner, tenant] of owners) {
      const id = await owner.openAccount(0);
      expect((await owner.get(`/v1/accounts/${id}`)).body).toMatchObject({ id, tenant });
    }
  });

  test("is found by name among one's own only", async () => {
    const username = `twin ${randomUUID()}`;
    const owners = [a, b, unnamed];
    const ids: string[] = [];
    for (const owner of owners) ids.push(await owner.openAccount(0, username));
    for (const [index, owner] of owners.entries()) {
      expect(await owner.idsNamed(username)).toEqual([ids[index]]);
    }
    expect(await both.idsNamed(username)).toEqual(ids.slice(0, 2));
    expect(await all.idsNamed(username)).toEqual(ids);
  });

  test('is seen with a token that lists its tenant, or says all, and with no other list', async () => {
    const [ofA, ofDefault] = [await a.openAccount(), await unnamed.openAccount()];
    const strangers = await site.client(['b', 'c']);
    const [seen, unknown] = [Array(4).fill(200), Array(4).fill(404)];
    expect(await both.readingOf(ofA)).toEqual(seen);
    expect(await both.readingOf(ofDefault)).toEqual(unknown);
    expect(await strangers.readingOf(ofA)).toEqual(unknown);
    for (const id of [ofA, ofDefault]) expect(await all.readingOf(id)).toEqual(seen);
  });
});

describe('a key', () => {
  test('is of one client of one tenant: it opens an account for each, and pays out for each', async () => {
    const [opening, paying] = [randomUUID(), randomUUID()];
    const open = (who: TenantClient): Promise<Answer> =>
      who.post('/v1/accounts', { username: 'one key' }, { key: opening });
    const firsts: Answer[] = [];
    const calls: (() => Promise<Answer>)[] = [];
    for (const who of [a, b, neighbour]) {
      const opened = await open(who);
      const id = opened.body['accountId'] as string;
      await site.deposit(id, 100, 1);
      const pay = (): Promise<Answer> => who.pay(id, '5.00', { key: paying });
      firsts.push(opened, await pay());
      calls.push(() => open(who), pay);
    }
    for (const answer of firsts) {
      expect(answer.status).toBe(201);
      expect(answer.headers.get('idempotency-replayed')).toBeNull();
    }
    const ids = firsts.map(({ body }) => body['payOutId'] ?? body['accountId']);
    expect(new Set(ids).size).toBe(6);
    for (const [index, repeat] of calls.entries()) {
      const again = await repeat();
      expect(essence(again)).toEqual({ status: 201, body: firsts[index]!.body });
      expect(again.headers.get('idempotency-replayed')).toBe('true');
    }
  });

  test.each(makingCalls)('to %s under wants the token of a single tenant', async (_, call) => {
    const account = await a.openAccount();
    for (const who of [both, all]) {
      expect(essence(await call(who, account))).toEqual(problem('missing-tenant', 403));
    }
    expect(await all.idsNamed('of whom?')).toEqual([]);
    const { body } = await a.payIn(account, '1.00');
    await a.untilPaidIn(body['commandId'] as string, 'applied');
    expect(await a.state(account)).toEqual({ ...untouched, total: '101.00', moves: ['1.00'] });
  });
});

test.each(noTenants)('a token whose tenant is %s is not believed', async (_, tenant) => {
  const who = await site.client(tenant);
  expect(essence(await who.get('/v1/services'))).toEqual(problem('unauthenticated', 401));
  expect(await refusalOf(who.coordinator().listServices())).toMatchObject({
    code: 'UNAUTHENTICATED',
    reason: 'UNAUTHENTICATED',
  });
});

test('a pay-out is shown to its tenant at every datacenter, and to no other', async () => {
  const account = await a.openAccount();
  await a.untilKnown(account, site.other);
  await site.deposit(account, 100, 2);
  const local = await a.pay(account, '5.00');
  const drained = await a.pay(account, '145.00', { at: site.other });
  for (const { status, body } of [local, drained]) {
    expect(status).toBe(201);
    const path = `/v1/pay-outs/${String(body['payOutId'])}`;
    for (const at of [site.gateway, site.other]) {
      for (const who of [a, both, all]) {
        expect(essence(await who.get(path, at))).toEqual({ status: 200, body });
      }
      for (const who of [b, neighbour, unnamed]) {
        expect(essence(await who.get(path, at))).toEqual(problem('not-found', 404));
      }
    }
  }
});

describe('a pay-in', () => {
  test("to another tenant's account is accepted, parked for whom it is of, and not credited", async () => {
    const account = await a.openAccount();
    const [sent, toNobody] = [await b.payIn(account, '7.00'), await b.payIn(NOBODYS, '7.00')];
    expect([sent.status, toNobody.status]).toEqual([202, 202]);
    const commandId = sent.body['commandId'] as string;
    const nobodysId = toNobody.body['commandId'] as string;
    const parked = await b.untilPaidIn(commandId, 'parked');
    const nobodys = await b.untilPaidIn(nobodysId, 'parked');
    expect(Object.keys(parked).sort()).toEqual(Object.keys(nobodys).sort());

    const { id } = await b.parkedOf(commandId);
    for (const operator of [b, all]) {
      const { body } = await operator.post('/v1/parked-pay-ins/retry', { ids: [id] });
      expect(body['results']).toMatchObject([{ id, result: 'parked' }]);
    }
    expect(essence(await a.get(`/v1/pay-ins/${commandId}`))).toEqual(problem('not-found', 404));
    expect((await b.get(`/v1/pay-ins/${commandId}`)).body['status']).toBe('parked');
    expect(await a.state(account)).toEqual(untouched);
  });

  test.each(['tenant', 'client'])('does not say its %s itself', async (member) => {
    const account = await a.openAccount(0);
    const more = { [member]: 'a' };
    expect(essence(await a.payIn(account, '7.00', more))).toEqual(
      problem('invalid-request', 400, [member]),
    );
    const bulk = await a.post('/v1/pay-ins/bulk', [{ ...money(account), ...more }]);
    expect(bulk.body).toMatchObject({
      accepted: 0,
      results: [{ status: 'rejected', error: { errors: [{ field: member }] } }],
    });
  });

  test.each<[string, 'a' | 'b', string]>([
    ['the same content', 'a', '37.91'],
    ['another amount', 'a', '1.00'],
    ["the same amount to one's own account", 'b', '37.91'],
    ["another amount to one's own account", 'b', '1.00'],
  ])("under another tenant's command id, with %s, hears nothing of it", async (_, to, amount) => {
    const [account, own] = [await a.openAccount(), await b.openAccount()];
    const commandId = randomUUID();
    const path = `/v1/pay-ins/${commandId}`;
    expect((await a.payIn(account, '37.91', { commandId })).status).toBe(202);
    const applied = await a.untilPaidIn(commandId, 'applied');
    await a.untilPaidIn(commandId, 'applied', site.other);
    for (const at of [site.gateway, site.other]) {
      expect(essence(await b.get(path, at))).toEqual(problem('not-found', 404));
    }

    const target = to === 'a' ? account : own;
    const { status, body } = await b.payIn(target, amount, { commandId });
    expect(status).toBe(202);
    const heard = await b.answersUntil(body['statusUrl'] as string, 'rejected');
    heard.push({ ...(await b.letterOf(commandId)) });
    expect(heard.at(-2)).toMatchObject({ status: 'rejected', reason: 'command_conflict' });
    for (const one of heard) {
      // What it said itself is no news to it.
      if (to === 'b') expect(one['accountId'] ?? own).toBe(own);
      expect(one['amount'] ?? amount).toBe(amount);
      const detail = String(one['detail'] ?? '');
      expect(detail).not.toMatch(new RegExp(`\\b${account}\\b`));
      expect(detail).not.toMatch(/37\.91|3791/);
    }
    expect((await a.get(path)).body).toEqual(applied);
    expect(await a.items(`/v1/dead-letters?status=all&commandId=${commandId}`)).toEqual([]);
    expect(await a.state(account)).toEqual({ ...untouched, total: '137.91', moves: ['37.91'] });
    expect(await b.state(own)).toEqual(untouched);
  });

  test.each([
    ['its own tenant is credited', 'a', 'a', 'applied'],
    ['another tenant is not credited', 'a', 'b', 'parked'],
    ['no tenant, to one that has one, is not credited', 'a', undefined, 'parked'],
    ['no tenant is credited to the default one', undefined, undefined, 'applied'],
    ['the default tenant by name is credited to it', undefined, 'default', 'applied'],
    ['a tenant called NULL is not the default one', undefined, 'NULL', 'parked'],
  ])('from the topic, of %s', async (_, ofAccount, ofMessage, status) => {
    const owner = await site.client(ofAccount);
    const sender = await site.client(ofMessage);
    const account = await owner.openAccount();
    const sent = command(account, '7.00');
    await site.send({ ...sent, ...(ofMessage !== undefined && { tenant: ofMessage }) });
    await sender.untilPaidIn(sent.commandId, status);
    if (status === 'parked') {
      const ids = [(await sender.parkedOf(sent.commandId)).id];
      const { body } = await all.post('/v1/parked-pay-ins/retry', { ids });
      expect(body['results']).toMatchObject([{ result: 'parked' }]);
      expect((await owner.get(`/v1/pay-ins/${sent.commandId}`)).status).toBe(404);
    }
    const credited = { ...untouched, total: '107.00', moves: ['7.00'] };
    expect(await owner.state(account)).toEqual(status === 'parked' ? untouched : credited);
  });

  test.each(['not legal!', 7])(
    'from the topic, of the tenant %j, is a dead letter',
    async (tenant) => {
      const account = await unnamed.openAccount();
      const sent = command(account, '7.00');
      await site.send({ ...sent, tenant });
      expect(await all.letterOf(sent.commandId)).toMatchObject({
        reason: 'invalid_message',
        detail: expect.stringMatching(/^tenant:/),
        status: 'open',
      });
      expect(await unnamed.state(account)).toEqual(untouched);
    },
  );
});

describe('operators', () => {
  let mine: TenantClient;
  let theirs: TenantClient;
  let of: { readonly mine: string; readonly theirs: string };
  let parked: { readonly mine: string; readonly theirs: string };
  const list = '/v1/dead-letters';

  beforeAll(async () => {
    mine = await site.client('mine', 'ann');
    theirs = await site.client('theirs', 'ann');
    const idsOf = async (make: 'makeLetter' | 'makeParked') => ({
      mine: (await site[make]('mine', mine)).id,
      theirs: (await site[make]('theirs', theirs)).id,
    });
    of = await idsOf('makeLetter');
    parked = await idsOf('makeParked');
  }, 60_000);

  test("see their tenants' letters and parked pay-ins, and count no others", async () => {
    expect(await mine.idsOf(list)).toEqual([of.mine]);
    expect(await theirs.idsOf(list)).toEqual([of.theirs]);
    expect(await mine.idsOf('/v1/parked-pay-ins')).toEqual([parked.mine]);
    expect(await theirs.idsOf('/v1/parked-pay-ins')).toEqual([parked.theirs]);
    const listed = await site.client(['mine', 'theirs']);
    expect(await listed.idsOf(list)).toEqual([of.theirs, of.mine]);
    expect(await listed.idsOf('/v1/parked-pay-ins')).toEqual([parked.mine, parked.theirs]);
    for (const [who, open] of [[mine, 1] as const, [listed, 2] as const]) {
      const counts = { open, byReason: { unknown_currency: open } };
      expect((await who.get(list)).body['counts']).toEqual(counts);
    }
    expect(await all.idsOf(`${list}?limit=200`)).toEqual(
      expect.arrayContaining([of.mine, of.theirs]),
    );
    expect(await all.idsOf('/v1/parked-pay-ins?limit=200')).toEqual(
      expect.arrayContaining([parked.mine, parked.theirs]),
    );
    for (const who of [theirs, listed, all]) {
      expect((await who.get(`${list}/${of.theirs}`)).body).toMatchObject({ id: of.theirs });
    }
  });

  test("retry what waits, and nobody else's", async () => {
    const { body } = await mine.post('/v1/parked-pay-ins/retry', {});
    expect(body).toMatchObject({ results: [{ id: parked.mine, result: 'parked' }] });
  });

  test("correct no letter to another tenant's account, even those of all tenants", async () => {
    const account = await mine.openAccount();
    const body = { payIn: money(account), note: 'spec' };
    for (const operator of [theirs, all]) {
      const lost = command(NOBODYS, '7.00', { currency: 'XXQ' });
      await site.send({ ...lost, tenant: 'theirs' });
      const { id } = await theirs.letterOf(lost.commandId);
      const { status, body: done } = await operator.post(`${list}/${id}/correct`, body);
      expect(status).toBe(200);
      expect(['parked', 'refused']).toContain(done['result']);
    }
    await all.post('/v1/parked-pay-ins/retry', {});
    expect(await mine.state(account)).toEqual(untouched);
  });

  test('of all tenants act on any', async () => {
    for (const id of [of.mine, of.theirs]) {
      const answer = await all.post(`${list}/${id}/discard`, { note: 'spec' });
      expect(answer.body).toMatchObject({ id, result: 'discarded', status: 'discarded' });
    }
    expect(await mine.idsOf(list)).toEqual([]);
  });
});

describe('a coordinator', () => {
  test('takes a key of each tenant for itself', async () => {
    const order = { username: 'straight', idempotencyKey: randomUUID() };
    const opened = [];
    for (const who of [a, b]) {
      const { accountId, replayed } = await who.coordinator().openAccount(order);
      expect(replayed).toBe(false);
      expect(await who.coordinator().openAccount(order)).toEqual({
        accountId,
        replayed: true,
        position: aPosition,
      });
      opened.push(accountId);
    }
    expect(new Set(opened).size).toBe(2);
  });

  test('judges each request of a stream by the tenant of its own token', async () => {
    const [ofA, ofB] = [await a.openAccount(), await b.openAccount()];
    const idempotencyKey = randomUUID();
    const pay = (account: string) => requestOf(account, '5.00', { idempotencyKey });
    const stream = a.coordinator().payOuts();
    stream.write(1, pay(ofA));
    stream.write(2, pay(ofB), b.authorization);
    stream.write(3, requestOf(ofB, '5.00'));
    stream.write(4, requestOf(ofA, '5.00'), b.authorization);
    stream.write(5, requestOf(ofA, '5.00'), both.authorization);
    const firsts = (await stream.answered(5)).toSorted((x, y) => x.sequence - y.sequence);
    const heard = firsts.map(({ response, reason }) => response?.payOut.accountId ?? reason);
    const unknown = 'ACCOUNT_NOT_FOUND';
    expect(heard).toEqual([ofA, ofB, unknown, unknown, 'TENANT_MISSING']);
    stream.write(6, pay(ofB), b.authorization);
    const again = (await stream.answered(6)).at(-1)!;
    expect(again.response).toEqual(repeatOf(firsts[1]!.response!));
    stream.halfClose();
    expect(await stream.ended).toBe('OK');
    const paid = { ...untouched, total: '95.00', moves: ['-5.00'] };
    for (const [who, account] of [[a, ofA] as const, [b, ofB] as const]) {
      expect(await who.state(account)).toEqual(paid);
    }
  });
});
