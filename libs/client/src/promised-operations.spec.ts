import { readFileSync } from 'node:fs';
import { BillingClient } from './billing-client.js';
import { FakeDatacenter } from './fake-datacenter.js';

// docs/openapi.json promises them: the client hides none of what is done with balances.
const groups = ['pay-ins', 'pay-outs', 'holds', 'accounts', 'services'];
/** Each line or element is sent by itself. */
const streamed = ['createPayIns'];

interface Operation {
  readonly operationId: string;
  readonly tags: readonly string[];
}

const { paths } = JSON.parse(
  readFileSync(new URL('../../../docs/openapi.json', import.meta.url), 'utf8'),
) as { paths: Record<string, Record<string, Operation>> };

const promised = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods)
    .filter(([, { tags = [] }]) => tags.some((tag) => groups.includes(tag)))
    .map(([method, { operationId }]) => ({
      operationId,
      asked: new RegExp(
        `^${method.toUpperCase()} ${path.replaceAll(/\{\w+\}/g, '[^/?]+')}(\\?.*)?$`,
      ),
    })),
);

describe('every operation that the document promises', () => {
  const datacenter = new FakeDatacenter();
  const id = '00000000-0000-8001-8000-000000000001';
  const money = { amount: '1.00', currency: 'USD' };
  let asked: string[];

  beforeAll(async () => {
    const url = await datacenter.listen();
    datacenter.says({ body: { receipt: '1-0-1' } });
    const client = new BillingClient({ datacenters: [{ nodeId: 1, url }], token: 'now' });
    await client.openAccount({ username: 'anna' });
    await client.account('1');
    await client.balance('1');
    await client.transactions('1');
    await client.operations('1');
    await client.accounts.list({ prefix: 'an' });
    await client.accounts.freeze('1', { sides: 'both' });
    await client.accounts.thaw('1', { sides: 'both' });
    await client.accounts.correct(1, '1', { ...money, reason: 'by hand' });
    await client.accounts.delete('1', { reason: 'asked for' });
    await client.payInStatus(await client.payIn({ accountId: '1', ...money }));
    await client.previewPayOut({ accountId: '1', ...money });
    await client.payOut({ accountId: '1', ...money });
    await client.findPayOut(id);
    await client.bulk.payOuts([{ order: { accountId: '1', ...money } }]).next();
    const charged = { accountId: '1', serviceId: '1', quantity: '2' };
    await client.bulk.charges([{ order: charged }]).next();
    await client.refund({ payOutId: id, ...money });
    await client.charge(charged);
    await client.holds.authorise({ accountId: '1', ...money });
    await client.holds.capture(id, money);
    await client.holds.refund({ holdId: id, captureId: id }, money);
    await client.holds.extend(id, 1_000);
    await client.holds.void(id);
    await client.findHold(id);
    await client.services();
    await client.service('1');
    await client.createService({ name: 'Traffic', price: '0.01', currency: 'USD' });
    await client.repriceService('1', '0.02');
    await client.retireService('1');
    asked = datacenter.asked.map(({ method, path }) => `${method} ${path}`);
  });
  afterAll(() => datacenter.close());

  test('is asked by a method of the client', () => {
    const wanted = promised.filter(({ operationId }) => !streamed.includes(operationId));
    expect(wanted.length).toBeGreaterThan(25);
    const missing = wanted.filter((one) => !asked.some((path) => one.asked.test(path)));
    expect(missing.map(({ operationId }) => operationId)).toEqual([]);
  });

  test('and the client asks nothing else', () => {
    const unknown = asked.filter((path) => !promised.some((one) => one.asked.test(path)));
    expect(unknown).toEqual([]);
  });
});
