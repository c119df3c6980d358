import { randomUUID } from 'node:crypto';
import type { Answer, GatewayProcess } from './gateway-process.js';
import { PayOutSite } from './pay-out-site.js';

// docs/history.md. What late entries do to pages: sql/tests/operations.example.sql.
let site: PayOutSite;

beforeAll(async () => {
  site = await PayOutSite.start(3);
}, 180_000);

afterAll(() => site?.destroy(), 60_000);

type Item = Record<string, unknown>;

/** What a datacenter shows of an account, once it has what came before the position. */
async function history(
  account: unknown,
  position: string,
  from: GatewayProcess,
  query = '',
): Promise<{ items: Item[]; nextCursor: string | null; text: string }> {
  const path = `/v1/accounts/${String(account)}/operations${query}`;
  const answer = await from.call('GET', path, undefined, { 'billing-after': position });
  expect(answer).toMatchObject({ status: 200 });
  expect(answer.headers.get('billing-stale')).toBeNull();
  const { operations, nextCursor } = answer.body as {
    operations: Item[];
    nextCursor: string | null;
  };
  return { items: operations, nextCursor, text: answer.text };
}

const positionOf = ({ headers }: Answer): string => headers.get('billing-position')!;
const entriesOf = ({ entries }: Item): string[] =>
  (entries as Item[]).map(({ node, type, amount }) => `${node} ${type} ${amount}`);

test('a pay-out that is drained over three datacenters is one item with three entries, at each of them', async () => {
  const account = await site.openAccount(50, 40, 30);
  const notes = { reference: 'order 9', metadata: { order: 9 } };
  const paid = await site.pay(account, '120.00', notes);
  expect(paid).toMatchObject({ status: 201, body: { status: 'committed' } });
  const places = new Set<unknown>();
  for (const gateway of site.gateways) {
    const { items } = await history(account, positionOf(paid), gateway, '?type=pay_out');
    expect(items).toHaveLength(1);
    const { entries: _, at, ...item } = items[0]!;
    expect(item).toEqual({
      type: 'pay_out',
      operationId: paid.body['payOutId'],
      payOutId: paid.body['payOutId'],
      status: 'committed',
      amount: '-120.00',
      currency: 'USD',
      reference: 'order 9',
      // Kept by the datacenter that decided.
      ...(gateway === site.gateway && { metadata: { order: 9 } }),
    });
    expect(entriesOf(items[0]!).sort()).toEqual([
      '1 reserve -50.00',
      '2 reserve -40.00',
      '3 reserve -30.00',
    ]);
    places.add(at);
  }
  expect([...places]).toEqual([expect.stringMatching(/^\d{4}-.*Z$/)]);
});

test('a charge, a hold and a refund are one item each, with the ids that they have elsewhere', async () => {
  const account = await site.openAccount(50, 50, 0);
  const service = { name: randomUUID(), price: '2.50', currency: 'USD', unit: 'hour' };
  const { id: serviceId } = (await site.post('/v1/services', service)).body;
  const headers = (): Record<string, string> => ({ 'idempotency-key': `${randomUUID()}@dc1` });
  const charge = { accountId: account, serviceId, quantity: '2' };
  const charged = await site.post('/v1/charges', charge, headers());
  const { payOutId } = charged.body;
  const money = { amount: '1.00', currency: 'USD' };
  const refund = await site.post(`/v1/pay-outs/${String(payOutId)}/refunds`, money, headers());
  const hold = { accountId: account, amount: '70.00', currency: 'USD', reference: 'room 7' };
  const held = await site.post('/v1/holds', hold, headers());
  const { holdId } = held.body;
  await site.post(`/v1/holds/${String(holdId)}/capture`, money, headers());
  const voided = await site.post(`/v1/holds/${String(holdId)}/void`, {}, headers());
  expect(voided).toMatchObject({ status: 200, body: { returned: '69.00' } });
  const position = [charged, refund, held, voided].map(positionOf).join(',');

  const { items } = await history(account, position, site.gateway, '?limit=3');
  expect(items).toMatchObject([
    { type: 'hold', holdId, status: 'voided', amount: '-1.00', captured: '1.00' },
    { type: 'refund', refundId: refund.body['refundId'], payOutId, amount: '1.00' },
    {
      ...{ type: 'charge', payOutId, status: 'committed', amount: '-5.00', refunded: '1.00' },
      charge: { serviceId, quantity: '2', price: '2.50', unit: 'hour' },
    },
  ]);
  expect(entriesOf(items[0]!).sort()).toEqual([
    '1 reserve -46.00',
    '1 return 45.00',
    '2 reserve -24.00',
    '2 return 24.00',
  ]);
  const { items: elsewhere } = await history(account, position, site.gateways[2]!, '?limit=3');
  expect(elsewhere.map(entriesOf)).toEqual(items.map(entriesOf));
  expect(elsewhere).toMatchObject([
    { type: 'hold', holdId, reference: 'room 7', amount: '-1.00' },
    { type: 'refund', status: 'committed' },
    { type: 'charge', payOutId, status: 'committed' },
  ]);
  expect(elsewhere[0]).not.toHaveProperty('status');
});

test('page by page is what one page is; metadata keeps its digits; bounds bound', async () => {
  const account = await site.openAccount(50, 50, 50);
  const metadata = '{"order":9007199254740993}';
  const positions: string[] = [];
  for (const amount of ['1.00', '2.00', '60.00']) {
    const body = `{"accountId":"${account}","amount":"${amount}","currency":"USD","metadata":${metadata}}`;
    const headers = { 'idempotency-key': randomUUID() };
    const paid = await site.gateway.call('POST', '/v1/pay-outs', body, headers);
    positions.push(positionOf(paid));
  }
  const position = positions.join(',');
  const whole = await history(account, position, site.gateway);
  expect(whole.nextCursor).toBeNull();
  expect(whole.text.split(metadata)).toHaveLength(4);
  expect(whole.items.map(({ type }) => type)).toEqual([
    ...['pay_out', 'pay_out', 'pay_out', 'deposit', 'deposit', 'deposit'],
  ]);
  const seen: Item[] = [];
  let cursor = '';
  for (;;) {
    const page = await history(account, position, site.gateway, `?limit=1${cursor}`);
    seen.push(...page.items);
    if (page.nextCursor === null) break;
    cursor = `&cursor=${page.nextCursor}`;
  }
  expect(seen).toEqual(whole.items);

  const [drained] = whole.items as [Item];
  const since = `?type=pay_out&since=${String(drained['at'])}`;
  expect((await history(account, position, site.gateway, since)).items).toEqual(
    whole.items.slice(0, 1),
  );
  const until = `?type=pay_out&until=${String(drained['at'])}`;
  expect((await history(account, position, site.gateway, until)).items).toEqual(
    whole.items.slice(1, 3),
  );
  const there = await history(account, position, site.gateway, '?node=2');
  expect(there.items.map(({ type }) => type)).toEqual(['pay_out', 'deposit']);
});

test.each([
  ['type=money', 'type'],
  ['node=0', 'node'],
  ['node=64', 'node'],
  ['since=yesterday', 'since'],
  ['until=2026-02-30T00:00:00Z', 'until'],
  ['cursor=x', 'cursor'],
  ['limit=201', 'limit'],
  ['from=1', 'from'],
])('%s is refused by its name', async (query, field) => {
  const account = await site.openAccount(0, 0, 0);
  const answer = await site.get(`/v1/accounts/${account}/operations?${query}`);
  expect(answer).toMatchObject({ status: 400, body: { errors: [{ field }] } });
});
