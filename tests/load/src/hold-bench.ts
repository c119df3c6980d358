/**
 * What open holds cost a refusal: pay-outs of more than an account has, which two rounds at every datacenter prove, in turn of
 * an account with many open holds at each of three datacenters and of one without. The ratio is what counts.
 *
 *   npm run bench:hold [-- --help]
 */
import { randomUUID } from 'node:crypto';
import { parseCount, toTheRight, type Cluster } from '@billing/cluster';
import { callUnary, connectBilling, type BillingConnection } from '@billing/grpc';
import { eventually, type NodeLinks } from '@billing/testing';
import { Metadata } from '@grpc/grpc-js';
import { openDatabase, withProxiedCluster } from './bench-cluster.js';
import { createBenchCommand, parseMs } from './bench-command.js';
import { median, ms, printTable, spread, times } from './report/figures.js';

const options = createBenchCommand('bench:hold')
  .description('Refusals that two rounds prove, with many open holds on the account and without')
  .option('--holds <number>', 'open, of one minor unit, at each datacenter', parseCount, 1_000)
  .option('--refusals <number>', 'of each account in a round', parseCount, 200)
  .option('--rounds <number>', 'of both in turn', parseCount, 3)
  .option('--round-trip-ms <number>', 'between datacenters', parseMs, 0)
  .parse()
  .opts<{ holds: number; refusals: number; rounds: number; roundTripMs: number }>();

const NODES = [1, 2, 3];
const LEFT = 50;
/** More than is left at all of them together. */
const TOO_MUCH = '150.01';
const AT_ONCE = 50;
const WARM_UP_REFUSALS = 30;
const DEADLINE_MS = 10_000;
const HELD_FOR_MS = 3_600_000;

class HoldBench {
  private readonly connections: readonly BillingConnection[];
  private readonly metadata = new Metadata();

  constructor(
    private readonly cluster: Cluster,
    private readonly links: NodeLinks,
  ) {
    this.connections = NODES.map((nodeId) => {
      const { address, tls } = cluster.coordinatorConnection(nodeId);
      return connectBilling(address, {}, tls);
    });
  }

  async run(): Promise<void> {
    this.metadata.set('authorization', `Bearer ${await this.cluster.signToken({ sub: 'bench' })}`);
    try {
      await this.measure();
    } finally {
      for (const connection of this.connections) connection.close();
    }
  }

  private async measure(): Promise<void> {
    const holding = await this.open(options.holds / 100);
    const plain = await this.open(0);
    for (const nodeId of NODES) await this.hold(nodeId, holding);
    this.links.setRoundTripMs(options.roundTripMs);
    const rounds: { holding: number; plain: number }[] = [];
    for (let round = 0; round <= options.rounds; round += 1) {
      const count = round === 0 ? WARM_UP_REFUSALS : options.refusals;
      const tookMs: Record<'holding' | 'plain', number[]> = { holding: [], plain: [] };
      for (let i = 0; i < count; i += 1) {
        tookMs.plain.push(await this.refuse(plain));
        tookMs.holding.push(await this.refuse(holding));
      }
      if (round > 0) rounds.push({ holding: median(tookMs.holding), plain: median(tookMs.plain) });
    }
    console.log(
      '\nRefusals that two rounds at every datacenter prove: median time of each round\n',
    );
    printTable(
      ['holds at each', toTheRight('without'), toTheRight('with'), toTheRight('with : without')],
      [
        [
          options.holds.toLocaleString('en'),
          spread(
            rounds.map((one) => one.plain),
            ms,
          ),
          spread(
            rounds.map((one) => one.holding),
            ms,
          ),
          spread(
            rounds.map((one) => one.holding / one.plain),
            times,
          ),
        ],
      ],
    );
  }

  /** An account with so much to be held and so much left at each node, known everywhere. */
  private async open(held: number): Promise<string> {
    const databases = NODES.map((nodeId) => openDatabase(this.cluster, nodeId, 1));
    try {
      const [row] = await databases[0]!.query<{ id: bigint }>(
        'open an account',
        "select public.add_account('bench') as id",
      );
      const { id } = row!;
      for (const [index, database] of databases.entries()) {
        const known = 'select count(*)::int as count from billing.accounts where id = $1';
        await eventually(
          () => database.query<{ count: number }>('known', known, [id]),
          ([found]) => found?.count === 1,
        );
        await database.query('deposit', 'select public.deposit_balance($1, $2, $3)', [
          id,
          LEFT + held,
          index + 1,
        ]);
      }
      const all =
        'select count(*)::int as count from billing.account_balances where account_id = $1 and balance_minor > 0';
      for (const database of databases) {
        await eventually(
          () => database.query<{ count: number }>('parts', all, [id]),
          ([found]) => found?.count === NODES.length,
        );
      }
      return String(id);
    } finally {
      await Promise.all(databases.map((database) => database.close()));
    }
  }

  /** Many, each held by its home alone. */
  private async hold(homeNodeId: number, accountId: string): Promise<void> {
    const { billing } = this.connections[homeNodeId - 1]!;
    for (let left = options.holds; left > 0; left -= AT_ONCE) {
      const holds = Array.from({ length: Math.min(left, AT_ONCE) }, () =>
        callUnary(
          (...how) =>
            billing.authoriseHold(
              {
                accountId,
                amount: '0.01',
                currency: 'USD',
                idempotencyKey: randomUUID(),
                homeNodeId,
                heldForMs: HELD_FOR_MS,
              },
              ...how,
            ),
          this.metadata,
          { deadline: Date.now() + DEADLINE_MS },
        ),
      );
      await Promise.all(holds);
    }
  }

  /** @returns how long it took */
  private async refuse(accountId: string): Promise<number> {
    const { billing } = this.connections[0]!;
    const beganMs = performance.now();
    const heard = await callUnary(
      (...how) =>
        billing.payOut(
          { accountId, amount: TOO_MUCH, currency: 'USD', idempotencyKey: randomUUID() },
          ...how,
        ),
      this.metadata,
      { deadline: Date.now() + DEADLINE_MS },
    ).then(
      () => 'paid',
      (error: Error) => error.message,
    );
    const tookMs = performance.now() - beganMs;
    if (!heard.includes('does not cover the amount'))
      throw new Error(`not refused as it should be: ${heard}`);
    return tookMs;
  }
}

await withProxiedCluster({ members: ['postgres', 'coordinator'] }, ({ cluster, links }) =>
  new HoldBench(cluster, links).run(),
);
