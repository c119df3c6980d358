import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { replicationStatus } from '@billing/database';
import { eventually, untilClean } from '@billing/testing';
import { CoordinatedCluster } from '../coordinator/coordinated-cluster.js';
import { metricsUrl } from '../../monitoring/prometheus-process.js';

let site: CoordinatedCluster;

const accountsByClock: string[] = [];
const donor = 2;
const home = 1;

beforeAll(async () => {
  site = await CoordinatedCluster.start({
    nodeCount: 2,
    postgres: { fsync: false, clockFiles: true },
    appEnvironment: { coordinator: { METRICS_INTERVAL_MS: '300' } },
  });
  for (let one = 0; one < 2; one += 1) {
    accountsByClock.push(await site.account({ [home]: 1_000n, [donor]: 5_000n }));
  }
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

describe.each([
  { how: 'ahead of', offsetS: 6 },
  { how: 'behind', offsetS: -6 },
])('a donor whose clock is six seconds $how the others', ({ offsetS }) => {
  let accountId: string;

  beforeAll(async () => {
    accountId = accountsByClock.pop()!;
    setClock(donor, offsetS);
    const aheadS = (await clockOf(donor)) - (await clockOf(home));
    expect(Math.abs(aheadS - offsetS)).toBeLessThan(2);
  });

  test('gives what a drain wants, and is told what became of it', async () => {
    const { payOut } = await site.client(home).payOut({
      accountId,
      amount: '40.00',
      currency: 'USD',
      idempotencyKey: randomUUID(),
    });
    expect(payOut?.parts.map(({ nodeId, amount }) => [nodeId, amount])).toEqual([
      [home, '10.00'],
      [donor, '30.00'],
    ]);
    await untilClean(site.ledgers);
  }, 30_000);

  test('has no deadline but by its own clock', async () => {
    const row = await site.ledger(donor).rows<{ left_s: number }>(
      `select extract(epoch from max(deadline_at - reserved_at))::float8 as left_s
         from billing.reservations where account_id = $1`,
      [accountId],
    );
    expect(row[0]!.left_s).toBeGreaterThan(3);
    expect(row[0]!.left_s).toBeLessThanOrEqual(5.5);
  });

  test('is seen with its skew by both sides', async () => {
    const ofDonor = (skewS: number) => Math.abs(skewS - offsetS) < 0.5;
    const ofHome = (skewS: number) => Math.abs(skewS + offsetS) < 0.5;
    await eventually(() => skewShown(home, donor), ofDonor);
    await eventually(() => skewShown(donor, home), ofHome);
  }, 30_000);

  test('is no older than it is: the age of its heartbeat is told by one clock', async () => {
    const lagMs = async (at: number): Promise<number> => {
      const [peer] = await replicationStatus(site.ledger(at).database);
      return Number(peer!.replayLagMs);
    };
    for (const at of [home, donor]) {
      await eventually(
        () => lagMs(at),
        (ms) => ms > -500 && ms < 4_000,
      );
    }
  }, 30_000);
});

test('a clock that is set back makes no audit fault of a copy that is only late', async () => {
  const accountId = await site.account({ [home]: 1_000n, [donor]: 5_000n });
  const subscription = `subscription_from_node${donor}_to_node${home}`;
  const compared = (): Promise<{ status: string; findings: unknown[] }[]> =>
    site
      .ledger(home)
      .rows("select status, findings from billing.audit_copies($1, 'parts', '', 1000, 500)", [
        donor,
      ]);
  expect(await compared()).toEqual([{ status: 'checked', findings: [] }]);
  await site
    .ledger(home)
    .rows(`select pglogical.alter_subscription_disable('${subscription}', true)`);
  try {
    await site.deposit(donor, accountId, 700n);
    // All that home knows of its time is from before it was set.
    setClock(donor, -60);
    expect(await compared()).toEqual([{ status: 'behind', findings: [] }]);
  } finally {
    await site
      .ledger(home)
      .rows(`select pglogical.alter_subscription_enable('${subscription}', true)`);
  }
  await eventually(compared, ([copy]) => copy?.status === 'checked');
  await untilClean(site.ledgers);
}, 40_000);

/** From its next statement on. */
function setClock(nodeId: number, offsetS: number): void {
  const file = join(site.cluster.layout.nodeFolder(nodeId), 'postgres/clock');
  writeFileSync(file, `${offsetS < 0 ? '-' : '+'}${Math.abs(offsetS)}s\n`);
}

async function clockOf(nodeId: number): Promise<number> {
  return site.ledger(nodeId).value<number>('select extract(epoch from clock_timestamp())::float8');
}

/** What a coordinator shows of another node's clock. */
async function skewShown(at: number, peer: number): Promise<number> {
  const text = await (await fetch(metricsUrl(site.cluster, 'coordinator', at))).text();
  const found = new RegExp(`^billing_clock_skew_seconds\\{.*peer="${peer}".*\\} (\\S+)$`, 'm').exec(
    text,
  );
  return Number(found?.[1]);
}
