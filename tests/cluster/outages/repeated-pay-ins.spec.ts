import type { Cluster } from '@billing/cluster';
import { eventually, startProxiedCluster, untilClean, type NodeLinks } from '@billing/testing';
import { runBilling } from '../command-line/billing-program.js';
import { command, type Command } from '../pay-ins/upstream.js';
import { PayInSite } from './pay-in-site.js';

// docs/key-homes.md, pay-ins without a home: one command that several datacenters' Kafkas have taken.
const [first, second, third] = [1, 2, 3] as const;
let cluster: Cluster;
let links: NodeLinks;
let site: PayInSite;
/** The account of which the audit may say that its pay-in's command id was another one's before. */
let ofTwoPayIns: bigint;

beforeAll(async () => {
  ({ cluster, links } = await startProxiedCluster({
    postgres: { fsync: false },
    appEnvironment: {
      coordinator: { COORDINATOR_PEER_TIMEOUT_MS: '1500', COORDINATOR_RESERVE_TIMEOUT_MS: '1500' },
      'ledger-worker': { WORKER_ALLOW_NAMELESS: 'true' },
    },
  }));
  site = await PayInSite.of(cluster);
}, 180_000);

afterAll(async () => {
  await site?.close();
  await cluster?.destroy();
  await links?.close();
}, 60_000);

const entriesHere = `/* entries */ select count(*) from billing.transaction_log
  where operation_id = $1 and operation_type = 'pay_in' and node_id = billing.local_node_id()`;

/** Until this node itself has credited it. */
async function credit(nodeId: number, sent: Command): Promise<void> {
  await site.send(nodeId, sent);
  await eventually(
    () => site.ledger(nodeId).value<bigint>(entriesHere, [sent.commandId]),
    (count) => count === 1n,
  );
}

const untilParts = (accountId: bigint, parts: readonly bigint[]): Promise<bigint[]> =>
  eventually(
    () => site.partsOf(accountId),
    (seen) => seen.join() === parts.join(),
    30_000,
  );

interface Clawback extends Record<string, unknown> {
  readonly node_id: number;
  readonly taken_minor: bigint;
  readonly amount_minor: bigint;
}

/** What each node is to take back, or has. */
async function clawbacksOf({ commandId }: Command): Promise<Clawback[]> {
  const own = `/* clawbacks */ select node_id, taken_minor, amount_minor from billing.clawbacks
    where command_id = $1 and node_id = billing.local_node_id()`;
  return (
    await Promise.all(site.ledgers.map((one) => one.rows<Clawback>(own, [commandId])))
  ).flat();
}

const isTaken = ({ taken_minor: taken, amount_minor: amount }: Clawback): boolean =>
  taken === amount;

/** Until so many nodes have taken theirs back whole. */
const untilTaken = (sent: Command, count: number): Promise<Clawback[]> =>
  eventually(
    () => clawbacksOf(sent),
    (clawbacks) => clawbacks.length === count && clawbacks.every(isTaken),
    30_000,
  );

/** Neither hears the other. */
async function part(one: number, other: number): Promise<void> {
  await Promise.all([links.link(one, other).cut(), links.link(other, one).cut()]);
}

interface Balance {
  readonly total: string;
  readonly clawback: string;
}

async function balanceAt(nodeId: number, accountId: bigint): Promise<Balance> {
  const response = await site.ask(nodeId, `/v1/accounts/${accountId}/balance`);
  return (await response.json()) as Balance;
}

async function payOut(nodeId: number, accountId: bigint, amount: string): Promise<void> {
  const body = { accountId: String(accountId), amount, currency: 'USD' };
  const paid = await site.ask(nodeId, '/v1/pay-outs', { body, key: crypto.randomUUID() });
  expect(paid.status).toBe(201);
}

test('sent again elsewhere after it has come there, it is credited once, and each tells where', async () => {
  const [accountId] = await site.openEverywhere();
  const sent = command(accountId!, '7.00', { reference: 'invoice 7' });
  await credit(first, sent);
  const come = '/* come */ select count(*) from billing.transaction_log where operation_id = $1';
  for (const nodeId of [second, third]) {
    await eventually(
      () => site.ledger(nodeId).value<bigint>(come, [sent.commandId]),
      (count) => count === 1n,
    );
  }
  const other = { ...sent, amount: '7.01' };
  const next = command(accountId!, '1.00');
  await site.send(second, sent, next);
  await site.send(third, other);
  await site.untilStatus(second, next, 'applied');
  const letters = '/* letters */ select count(*) from billing.dead_letters where command_id = $1';
  await eventually(
    () => site.ledger(third).value<bigint>(letters, [sent.commandId]),
    (count) => count === 1n,
  );
  for (const nodeId of cluster.nodeIds) {
    expect(await site.statusAt(nodeId, sent)).toMatchObject({ status: 'applied', node: first });
  }
  expect(await site.partsOf(accountId!)).toEqual([700n, 100n, 0n]);
  expect(await clawbacksOf(sent)).toEqual([]);
});

test.each([
  { earlier: first, later: second },
  { earlier: second, later: first },
])(
  'credited at $earlier and then at $later, which have not heard of it, the earlier stands',
  async ({ earlier, later }) => {
    const [accountId] = await site.openEverywhere();
    const sent = command(accountId!, '5.00');
    await part(first, second);
    await credit(earlier, sent);
    await credit(later, sent);
    await links.restore();
    expect(await untilTaken(sent, 1)).toMatchObject([{ node_id: later }]);
    const paid = '/* paid */ select reference from billing.pay_outs where account_id = $1';
    expect(await site.ledger(later).value(paid, [accountId])).toBe(
      `credited twice: ${sent.commandId}`,
    );
    await untilParts(
      accountId!,
      cluster.nodeIds.map((nodeId) => (nodeId === earlier ? 500n : 0n)),
    );
    for (const nodeId of cluster.nodeIds) {
      await eventually(
        () => site.statusAt(nodeId, sent),
        ({ node }) => node === earlier,
      );
      await eventually(
        () => balanceAt(nodeId, accountId!),
        ({ total, clawback }) => total === '5.00' && clawback === '0.00',
      );
    }
    // Sent there a third time, long after.
    await site.send(later, sent, command(accountId!, '1.00'));
    await untilParts(
      accountId!,
      cluster.nodeIds.map((nodeId) => (nodeId === earlier ? 500n : nodeId === later ? 100n : 0n)),
    );
  },
  60_000,
);

test('credited at all three, one stands', async () => {
  const [accountId] = await site.openEverywhere();
  const sent = command(accountId!, '5.00');
  await Promise.all([part(first, second), part(second, third), part(first, third)]);
  for (const nodeId of [third, first, second]) await credit(nodeId, sent);
  await links.restore();
  await untilTaken(sent, 2);
  await untilParts(accountId!, [0n, 0n, 500n]);
}, 60_000);

test('what was spent meanwhile is an open clawback, and is taken when money comes', async () => {
  const [accountId] = await site.openEverywhere();
  const sent = command(accountId!, '50.00');
  await part(first, second);
  await credit(first, sent);
  await credit(second, sent);
  await payOut(first, accountId!, '50.00');
  await payOut(second, accountId!, '30.00');
  await links.restore();
  await eventually(
    () => clawbacksOf(sent),
    ([clawback]) => clawback?.taken_minor === 2_000n,
  );
  for (const nodeId of cluster.nodeIds) {
    await eventually(
      () => balanceAt(nodeId, accountId!),
      ({ total, clawback }) => total === '0.00' && clawback === '30.00',
    );
  }
  await site.send(third, command(accountId!, '100.00'));
  await untilTaken(sent, 1);
  await untilParts(accountId!, [0n, 0n, 7_000n]);
  await eventually(
    () => balanceAt(first, accountId!),
    ({ total, clawback }) => total === '70.00' && clawback === '0.00',
  );
}, 90_000);

describe('what ends meanwhile', () => {
  const restart = async (kind: 'postgres' | 'coordinator', nodeId: number): Promise<void> => {
    await cluster.killMember(kind, nodeId);
    await cluster.startMember(kind, nodeId);
  };

  test.each<[string, (sent: Command) => Promise<void>]>([
    [
      'PostgreSQL of both, before they hear of each other',
      async () => {
        await Promise.all([restart('postgres', first), restart('postgres', second)]);
        await links.restore();
      },
    ],
    [
      'the coordinator of the later one, which is away while the pair is found',
      async ({ commandId }) => {
        await cluster.killMember('coordinator', second);
        await links.restore();
        const told =
          '/* told */ select count(*) from billing.arrived_duplicate_pay_ins where command_id = $1';
        await eventually(
          () => site.ledger(second).value<bigint>(told, [commandId]),
          (count) => count === 1n,
        );
        await cluster.startMember('coordinator', second);
      },
    ],
    [
      'PostgreSQL of the later one, while it takes it back',
      async (sent) => {
        const held = await site.ledger(second).database.connect('holds');
        try {
          await held.query('begin', 'begin');
          await held.query(
            'lock',
            `select from billing.account_balances where account_id = ${sent.accountId} and node_id = ${second} for update`,
          );
          await links.restore();
          const waiting = `/* waiting */ select count(*) from pg_stat_activity
             where usename = 'billing_coordinator' and cardinality(pg_blocking_pids(pid)) > 0`;
          await eventually(
            () => site.ledger(second).value<bigint>(waiting),
            (count) => count > 0n,
          );
          await cluster.killMember('postgres', second);
        } finally {
          held.release(true);
        }
        await cluster.startMember('postgres', second);
      },
    ],
  ])(
    'it is taken back once: %s',
    async (_, strike) => {
      const [accountId] = await site.openEverywhere();
      const sent = command(accountId!, '9.00');
      await part(first, second);
      await credit(first, sent);
      await credit(second, sent);
      await strike(sent);
      expect(await untilTaken(sent, 1)).toMatchObject([{ node_id: second }]);
      await untilParts(accountId!, [900n, 0n, 0n]);
      await untilClean(site.ledgers, 20_000);
    },
    90_000,
  );
});

test('40 commands at all datacenters at once have the effect of 40', async () => {
  const accounts = await site.openEverywhere(4);
  const commands = Array.from({ length: 40 }, (_, i) => command(accounts[i % 4]!, '2.00'));
  // Behind them in each partition, so that when these are applied each node has taken the forty.
  const last = cluster.nodeIds.map((nodeId) => ({
    nodeId,
    behind: accounts.map((accountId) => command(accountId, '1.00')),
  }));
  await Promise.all(last.map(({ nodeId, behind }) => site.send(nodeId, ...commands, ...behind)));
  for (const { nodeId, behind } of last) {
    for (const one of behind) await site.untilStatus(nodeId, one, 'applied');
  }
  for (const accountId of accounts) {
    await eventually(
      () => site.partsOf(accountId),
      (parts) => parts.reduce((sum, minor) => sum + minor, 0n) === 2_300n,
      40_000,
    );
  }
  const credited = `/* credited */ select count(*) from billing.transaction_log
     where operation_id = any ($1::uuid[]) and operation_type = 'pay_in' and node_id = billing.local_node_id()`;
  const ids = commands.map(({ commandId }) => commandId);
  const counts = await Promise.all(site.ledgers.map((one) => one.value<bigint>(credited, [ids])));
  const clawbacks = (await Promise.all(commands.map(clawbacksOf))).flat();
  expect(counts.reduce((sum, count) => sum + count, 0n)).toBe(BigInt(40 + clawbacks.length));
  expect(clawbacks.filter((one) => !isTaken(one))).toEqual([]);
}, 90_000);

test('two pay-ins under one command id that say different things stay, and the audit names them', async () => {
  const [one, other] = await site.openEverywhere(2);
  ofTwoPayIns = other!;
  const sent = command(one!, '3.00');
  await part(first, second);
  await credit(first, sent);
  await credit(second, { ...sent, accountId: String(other) });
  await links.restore();
  const different = '/* different */ select different from billing.count_clawbacks()';
  for (const nodeId of [first, second]) {
    await eventually(
      () => site.ledger(nodeId).value<bigint>(different),
      (count) => count === 1n,
    );
  }
  await untilParts(one!, [300n, 0n, 0n]);
  await untilParts(other!, [0n, 300n, 0n]);
}, 60_000);

test('the audit has found nothing but that', async () => {
  await untilClean(site.ledgers, 20_000);
  const { out } = await runBilling(cluster, ['verify', '--json']);
  const { faults } = JSON.parse(out) as {
    faults: readonly { check: string; accountId?: string; detail: string }[];
  };
  const told = new Set(faults.map(({ check, accountId }) => `${check} ${accountId}`));
  expect([...told]).toEqual([`pay_in ${ofTwoPayIns}`]);
}, 60_000);
