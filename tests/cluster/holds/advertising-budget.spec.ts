import { BillingClient } from '@billing/client';
import { eventually, untilClean } from '@billing/testing';
import { PayOutSite } from '../gateway/pay-out-site.js';

// examples/advertising-budget, as a service uses it: bidders at two datacenters spend one budget.
interface AdBudget {
  readonly spent: number;
  win(minor: number): boolean;
  settle(): Promise<void>;
  stop(): Promise<boolean>;
}
interface Example {
  readonly AdBudget: new (options: object) => AdBudget;
}

const file = new URL('../../../examples/advertising-budget/ad-budget.mjs', import.meta.url).href;
let site: PayOutSite;
let example: Example;

beforeAll(async () => {
  site = await PayOutSite.start();
  example = (await import(file)) as Example;
}, 180_000);

afterAll(() => site?.destroy(), 60_000);

/** A bidder whose nearest datacenter is the one named. */
async function bidderAt(nodeId: 1 | 2, options: object): Promise<AdBudget> {
  const places = [
    { nodeId: 1, url: site.gateway.url },
    { nodeId: 2, url: site.other.url },
  ];
  const [first, second] = nodeId === 1 ? places : places.toReversed();
  const token = await site.cluster.signToken();
  const client = new BillingClient({ datacenters: [first!, second!], token });
  return new example.AdBudget({ client, ...options });
}

/** Wins what it can at a price, and settles, until nothing more can be had. @returns what was won, in minor units */
async function spend(bidder: AdBudget, price: number): Promise<number> {
  let won = 0;
  for (let idle = 0; idle < 3;) {
    await bidder.settle();
    const before = won;
    for (let bids = 0; bids < 40 && bidder.win(price); bids += 1) won += price;
    idle = won === before ? idle + 1 : 0;
  }
  expect(await bidder.stop()).toBe(true);
  return won;
}

test('bidders at two datacenters spend all of a budget, and no more', async () => {
  const accountId = await site.openAccount(20, 10);
  const bidders = [await bidderAt(1, { accountId }), await bidderAt(2, { accountId })];
  const won = await Promise.all(bidders.map((bidder) => spend(bidder, 7)));
  expect(bidders.map(({ spent }) => spent)).toEqual(won);
  const spent = won.reduce((sum, minor) => sum + minor, 0);
  // What is left is less than the least slice, and a bid of each.
  expect(spent).toBeGreaterThan(3_000 - 10 - 3 * 7);
  const { body } = await eventually(
    () => site.balance(accountId),
    ({ body }) => body['total'] === ((3_000 - spent) / 100).toFixed(2),
  );
  expect(body).toMatchObject({ held: '0.00', reserved: '0.00' });
  await untilClean(site.ledgers);
}, 60_000);

test('a bidder that dies gives back what it has not captured', async () => {
  const accountId = await site.openAccount(6, 6);
  const bidder = await bidderAt(2, { accountId, slice: 1_000, heldForMs: 4_000 });
  await bidder.settle();
  expect(bidder.win(300)).toBe(true);
  await bidder.settle();
  expect(bidder.win(200)).toBe(true);
  // And is never heard of again.
  const { body } = await eventually(
    () => site.balance(accountId),
    ({ body }) => body['held'] === '0.00',
    15_000,
  );
  expect(bidder.spent).toBe(300);
  expect(body).toMatchObject({ total: '9.00' });
  await untilClean(site.ledgers);
}, 60_000);
