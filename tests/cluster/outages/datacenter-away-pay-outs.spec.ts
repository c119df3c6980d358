import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  eventually,
  invariants,
  settledInvariants,
  untilClean,
  violationsOf,
} from '@billing/testing';
import { CoordinatorClient, refusalOf } from '../coordinator/coordinator-client.js';
import { DrainSite } from '../drains/drain-site.js';
import { PayingClient, type Heard } from '../coordinator/paying-client.js';

// dc2 goes away while pay-outs are under way everywhere: killed, or silently cut off, so that every
// packet to and from it is lost. Whatever the rest can cover is paid.
const away = 2;
const here = [1, 3];
const deadlineMs = 5_000;
// A donor has a second for its answer, a connection two until it counts as refused.
const firstDelayMs = 2_000;
const marginMs = 1_500;
const inDoubtMaxMs = 10_000;
const noDoubt = { ...invariants, 'nothing is in doubt': settledInvariants['nothing is in doubt'] };

let site: DrainSite;
let clients: CoordinatorClient[];

const clientOf = (nodeId: number): CoordinatorClient => clients[nodeId - 1]!;

beforeAll(async () => {
  site = await DrainSite.start({ members: ['postgres', 'coordinator'] });
  const token = await site.cluster.signToken({ sub: 'shop' });
  clients = site.nodeIds.map(
    (nodeId) => new CoordinatorClient(site.cluster.coordinatorConnection(nodeId), token),
  );
}, 120_000);

afterAll(async () => {
  for (const client of clients ?? []) client.close();
  await site?.destroy();
}, 60_000);

const ways = [
  {
    how: 'killed',
    leave: async () => {
      await Promise.all([
        site.cluster.killMember('postgres', away),
        site.cluster.killMember('coordinator', away),
      ]);
    },
    comeBack: async () => {
      await site.cluster.startMember('postgres', away);
      await site.cluster.startMember('coordinator', away);
    },
  },
  {
    how: 'silently cut off',
    leave: async () => {
      for (const link of site.links.linksOf(away)) link.freeze();
    },
    comeBack: () => site.links.restore(),
  },
];

interface Paid {
  readonly heard: Heard;
  readonly tookMs: number;
}

/** One after the other at each node that is left. */
async function payFromHere(accounts: readonly bigint[], amountMinor: bigint): Promise<Paid[]> {
  const each = here.map(async (nodeId, index) => {
    const paid: Paid[] = [];
    for (const accountId of accounts.filter((_, place) => place % here.length === index)) {
      const startMs = performance.now();
      const heard = await new PayingClient(accountId, amountMinor, deadlineMs).ask(
        clientOf(nodeId),
      );
      paid.push({ heard, tookMs: performance.now() - startMs });
    }
    return paid;
  });
  return (await Promise.all(each)).flat();
}

/** What can only be paid with dc2's part is refused with the right word, and soon. */
async function expectRefusal(nodeId: number, accountId: bigint): Promise<void> {
  const startMs = performance.now();
  const call = clientOf(nodeId).payOut({
    accountId: accountId.toString(),
    amount: '25',
    currency: 'USD',
    idempotencyKey: randomUUID(),
    deadlineMs,
  });
  expect(await refusalOf(call)).toMatchObject({
    code: 'UNAVAILABLE',
    reason: 'INSUFFICIENT_REACHABLE_FUNDS',
    metadata: { unreachable_nodes: '2', stranded: '10.00', available: '20.00', retryable: 'true' },
  });
  expect(performance.now() - startMs).toBeLessThan(firstDelayMs + marginMs);
}

test.each(ways)(
  'dc2 is $how: the rest pays what it can, and nothing is in doubt soon after it is back',
  async ({ how, leave, comeBack }) => {
    const tens = { 1: 1_000n, 2: 1_000n, 3: 1_000n };
    const busy = await site.accounts(Array.from({ length: 12 }, () => tens));
    const covered = await site.accounts(Array.from({ length: 30 }, () => tens));
    const stranded = await site.accounts(here.map(() => tens));

    // All three parts are needed for these; four of them begin at each datacenter.
    const underWay = busy.map((accountId, index) => {
      const at = (index % 3) + 1;
      const payer = new PayingClient(accountId, 2_400n, deadlineMs);
      return { at, payer, call: payer.ask(clientOf(at)) };
    });
    await sleep(30);
    await leave();

    const paid = await payFromHere(covered, 1_500n);
    expect(new Set(paid.map(({ heard }) => heard))).toEqual(new Set(['committed']));
    const times = paid.map(({ tookMs }) => Math.round(tookMs)).sort((a, b) => a - b);
    expect(times.at(-1)).toBeLessThan(firstDelayMs + marginMs);
    expect(times[times.length >> 1]).toBeLessThan(500);
    for (const [index, nodeId] of here.entries()) await expectRefusal(nodeId, stranded[index]!);
    const heard = await Promise.all(underWay.map(({ call }) => call));

    await comeBack();
    const backMs = performance.now();
    await eventually(
      () => violationsOf(site.ledgers, noDoubt),
      (violations) => violations.length === 0,
      inDoubtMaxMs,
    );
    const tookMs = Math.round(performance.now() - backMs);
    await Promise.all(underWay.map(({ payer, at }) => payer.untilPaid(clientOf(at))));
    await untilClean(site.ledgers, 30_000);
    for (const accountId of busy) {
      const parts = await site.ownParts(accountId);
      expect(Object.values(parts).reduce((sum, part) => sum + part, 0n)).toBe(600n);
    }
    console.log(
      `dc2 ${how}: 30 paid by the rest, ms: median ${times[15]}, slowest ${times.slice(-3).join(' ')}; ` +
        `under way: ${heard.join(' ')}; nothing in doubt ${tookMs} ms after its return`,
    );
  },
  120_000,
);
