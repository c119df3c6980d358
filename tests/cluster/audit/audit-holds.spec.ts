import { jest } from '@jest/globals';
import { eventually } from '@billing/testing';
import { AuditSite } from './audit-site.js';
import { Hold } from '../holds/hold.js';

// Two servers, their replication and coordinators on two cores that others may use, too.
jest.setTimeout(60_000);

// As audit-faults.spec.ts: what two nodes have of one hold, changed by a superuser.
let site: AuditSite;
let hold: Hold;

beforeAll(async () => {
  site = await AuditSite.start({
    COORDINATOR_AUDIT_INTERVAL_MS: '50',
    COORDINATOR_AUDIT_PASS_MS: '200',
    COORDINATOR_AUDIT_THOROUGH_PASS_MS: '500',
  });
  const accountId = await site.base.account({ 1: 10_000n, 2: 10_000n });
  hold = await new Hold(site.base, { at: 1, accountId, amountMinor: 15_000n }).open();
  await hold.run('capture', { amountMinor: 11_000n });
  await site.base.untilClean();
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

/** The part at node 2: 50.00, of which 10.00 is captured. */
const part = (columns: string): string =>
  `update billing.hold_parts set ${columns} where hold_id = '${hold.holdId}';`;
const capture = (columns: string): string =>
  `update billing.hold_captures set ${columns} where hold_id = '${hold.holdId}';`;
const held = (by: number): string =>
  `update billing.account_balances set held_minor = held_minor + ${by}
    where account_id = ${hold.request.accountId} and node_id = 2;`;
const told = (by: number): string =>
  `update billing.hold_asks set got_minor = got_minor + ${by}
    where hold_id = '${hold.holdId}' and node_id = 2;`;
const madeUp = "'00000000-0000-4000-8000-000000000001'";

const faults = [
  {
    name: 'a part that shows more held than is',
    at: 2,
    found: ['dc2 held +1', 'dc1 copy 0', 'all money +1'],
    plant: () => held(1),
    mend: () => held(-1),
  },
  {
    name: 'a part of a hold that holds more than was decided, with its figure',
    at: 2,
    found: ['dc2 hold +5', 'dc1 copy 0', 'all money +5'],
    plant: () => held(5) + part('amount_minor = amount_minor + 5'),
    mend: () => held(-5) + part('amount_minor = amount_minor - 5'),
  },
  {
    name: 'a capture that was doubled',
    at: 2,
    // By the part, and by what its home was told.
    found: ['dc2 hold +1000', 'dc2 hold +1000', 'all money +1000'],
    plant: () => capture('amount_minor = amount_minor * 2'),
    mend: () => capture('amount_minor = amount_minor / 2'),
  },
  {
    name: 'a capture that was taken away',
    at: 2,
    found: ['dc2 hold -1000', 'dc2 hold -1000', 'all money -1000'],
    plant: () => `create table public.kept_capture as select * from billing.hold_captures;
                  delete from billing.hold_captures;`,
    mend: () => 'insert into billing.hold_captures select * from public.kept_capture;',
  },
  {
    name: 'a capture that was made up, with all that hangs on it',
    at: 2,
    found: ['dc2 hold +7', 'dc1 copy 0'],
    plant: () =>
      `insert into billing.hold_captures (hold_id, capture_id, account_id, amount_minor)
       values ('${hold.holdId}', ${madeUp}, ${hold.request.accountId}, 7);
       ${part('captured_minor = captured_minor + 7')} ${held(-7)}`,
    mend: () =>
      `delete from billing.hold_captures where capture_id = ${madeUp};
       ${part('captured_minor = captured_minor - 7')} ${held(7)}`,
  },
  {
    name: 'a capture that home has as confirmed, and its node has less of',
    at: 1,
    found: ['dc2 hold -5'],
    plant: () => told(5),
    mend: () => told(-5),
  },
];

const expected = (found: readonly string[]): string[] =>
  found.map((text) => text.replace(/ (\S+)$/, ` ${hold.request.accountId} $1`)).sort();

async function untilFound(found: readonly string[]): Promise<void> {
  const published = expected(found.filter((text) => !text.startsWith('all ')));
  const is = (wanted: string[]) => (seen: readonly string[]) => seen.join() === wanted.join();
  await eventually(() => site.published(), is(published), 15_000);
  await eventually(async () => (await site.verify()).faults, is(expected(found)), 10_000);
}

test.each(faults)('$name is found, and nothing else', async ({ at, found, plant, mend }) => {
  await untilFound([]);
  await site.force(at, plant());
  try {
    await untilFound(found);
  } finally {
    await site.force(at, mend());
  }
  await untilFound([]);
});
