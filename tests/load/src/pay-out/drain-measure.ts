import { toTheRight } from '@billing/cluster';
import type { Database } from '@billing/database';
import { eventually, startProxiedCluster, type ProxiedCluster } from '@billing/testing';
import pg from 'pg';
import { openDatabase } from '../bench-cluster.js';
import { ms, printTable, rate, times } from './figures.js';
import type { LoadOrder } from './load-order.js';
import { measure, type MeasuredRun } from './measured-run.js';

export interface DrainOptions {
  readonly durationMs: number;
  readonly roundTripMs: number;
  readonly ratePerSecond: number;
}

const NODE = 1;
const NODES = [1, 2, 3];
const ACCOUNTS = 4_000;
/** Long enough for the coordinator to have as many connections to other nodes as it wants. */
const WARM_UP_MS = 6_000;
const IN_FLIGHT_MAX = 256;
/** The local part never covers this alone, the others together always. */
const DRAIN_AMOUNT = '15.00';
const LOCAL_AMOUNT = '0.01';
const PARTS = { 1: '5.00', 2: '2000.00', 3: '1000.00' } as const;
const PINGS = 20;
const REPLICATED_WITHIN_MS = 60_000;

/** Drains at a steady rate over links with a wide-area round trip; local pay-outs beside them. */
export async function measureDrains(options: DrainOptions): Promise<void> {
  const proxied = await startProxiedCluster({
    engine: 'native',
    members: ['postgres', 'coordinator'],
    log: (line) => console.log(line),
  });
  const databases = NODES.map((nodeId) => openDatabase(proxied.cluster, nodeId, 1));
  try {
    await new DrainBench(proxied, databases, options).run();
  } finally {
    await Promise.all(databases.map((database) => database.close()));
    await proxied.cluster.destroy();
    await proxied.links.close();
  }
}

class DrainBench {
  constructor(
    private readonly proxied: ProxiedCluster,
    private readonly databases: readonly Database[],
    private readonly options: DrainOptions,
  ) {}

  async run(): Promise<void> {
    const { roundTripMs, ratePerSecond } = this.options;
    const accountIds = await this.openAccounts();
    const half = accountIds.length / 2;
    const [local, drained] = [accountIds.slice(0, half), accountIds.slice(half)];
    await this.fund(accountIds);
    this.proxied.links.setRoundTripMs(roundTripMs);
    const pingMs = await this.ping();
    console.log(
      `round trip between nodes: ${roundTripMs} ms; a query over it takes ${ms(pingMs)} ms`,
    );

    const localRun = await this.steady('local pay-outs', local, LOCAL_AMOUNT);
    const drainRun = await this.steady('drains', drained, DRAIN_AMOUNT);
    const rounds = await this.countRounds();
    const atBest = roundTripMs + localRun.latencyMs.p50;
    const overLink = drainRun.latencyMs.p50 / (pingMs + localRun.latencyMs.p50);
    console.log(`\nDrains, ${ratePerSecond} a second, ${roundTripMs} ms between nodes\n`);
    printTable(
      ['what', toTheRight('result'), 'target'],
      [
        ['local pay-out at the same rate, median', `${ms(localRun.latencyMs.p50)} ms`, ''],
        ['drain, median', `${ms(drainRun.latencyMs.p50)} ms`, `≤ ${ms(1.15 * atBest)} ms`],
        [
          'its ratio to round trip + local pay-out',
          times(drainRun.latencyMs.p50 / atBest),
          '≤ 1.15',
        ],
        [`the same with a round trip of ${ms(pingMs)} ms, as measured`, times(overLink), ''],
        ['drain, 99 %', `${ms(drainRun.latencyMs.p99)} ms`, `≤ ${2 * roundTripMs} ms`],
        ['drain, slowest', `${ms(drainRun.latencyMs.max)} ms`, ''],
        ['second rounds', `${((100 * rounds.second) / rounds.attempts).toFixed(2)} %`, '< 2 %'],
        ['attempts a pay-out', (rounds.attempts / rounds.payOuts).toFixed(3), ''],
        ['coordinator, processor time a drain', `${rate(drainRun.cpuUs['coordinator']!)} µs`, ''],
        [
          'PostgreSQL here, processor time a drain',
          `${rate(drainRun.cpuUs['PostgreSQL']!)} µs`,
          '',
        ],
      ],
    );
  }

  private async steady(name: string, accountIds: string[], amount: string): Promise<MeasuredRun> {
    const { cluster } = this.proxied;
    const order: LoadOrder = {
      target: {
        kind: 'stream',
        ...cluster.coordinatorConnection(NODE),
        token: await cluster.signToken(),
      },
      accountIds,
      amount,
      inFlight: IN_FLIGHT_MAX,
      ratePerSecond: this.options.ratePerSecond,
      warmUpMs: WARM_UP_MS,
      durationMs: this.options.durationMs,
    };
    const run = await measure(
      order,
      { coordinator: cluster.memberStatus('coordinator', NODE).pid! },
      cluster.memberStatus('postgres', NODE).pid!,
    );
    const failures = Object.entries(run.failures).map(([kind, count]) => `${count} × ${kind}`);
    console.log(
      `${name}: ${run.answers}, median ${ms(run.latencyMs.p50)} ms, 90 % within ${ms(run.latencyMs.p90)} ms, ` +
        `99 % within ${ms(run.latencyMs.p99)} ms${failures.length > 0 ? `; FAILED ${failures.join(', ')}` : ''}`,
    );
    return run;
  }

  /**
   * What was decided by a second round took money from one, or took none: short after the first, an
   * attempt asks again.
   */
  private async countRounds(): Promise<{ second: number; attempts: number; payOuts: number }> {
    const [counted] = await this.databases[0]!.query<{
      second: number;
      attempts: number;
      pay_outs: number;
    }>(
      'attempts',
      `select count(*) filter (where d.decision = 'aborted' or 2 = any (d.taken_rounds))::int as second,
              count(*)::int as attempts, count(distinct a.pay_out_id)::int as pay_outs
         from billing.pay_out_attempts a
         join billing.drain_decisions d on d.attempt_id = a.id and d.node_id = $1`,
      [NODE],
    );
    return { second: counted!.second, attempts: counted!.attempts, payOuts: counted!.pay_outs };
  }

  private async openAccounts(): Promise<string[]> {
    const rows = await this.databases[0]!.query<{ id: bigint }>(
      'open accounts',
      "select public.add_account('bench ' || g) as id from generate_series(1, $1::int) g",
      [ACCOUNTS],
    );
    return rows.map(({ id }) => String(id));
  }

  /** The same parts on every account; known at every node when this returns. */
  private async fund(accountIds: readonly string[]): Promise<void> {
    for (const [index, database] of this.databases.entries()) {
      const nodeId = NODES[index]! as keyof typeof PARTS;
      await eventually(
        async () => {
          const [known] = await database.query<{ count: bigint }>(
            'known accounts',
            'select count(*) from billing.accounts where id = any ($1::bigint[])',
            [accountIds],
          );
          return known?.count === BigInt(accountIds.length);
        },
        (isSo) => isSo,
        REPLICATED_WITHIN_MS,
      );
      await database.query(
        'deposits',
        'select public.deposit_balance(id, $2::numeric, $3) from unnest($1::bigint[]) as a (id)',
        [accountIds, PARTS[nodeId], nodeId],
      );
    }
    const total = Object.values(PARTS).reduce(
      (sum, part) => sum + BigInt(part.replace('.', '')),
      0n,
    );
    for (const database of this.databases) {
      await eventually(
        async () => {
          const [row] = await database.query<{ total: string }>(
            'replicated',
            'select coalesce(sum(balance_minor), 0)::text as total from billing.account_balances',
          );
          return BigInt(row!.total) === total * BigInt(accountIds.length);
        },
        (isSo) => isSo,
        REPLICATED_WITHIN_MS,
      );
      await database.query('analyze', 'analyze');
    }
  }

  /** The median of a query over a link, as dblink would send it. */
  private async ping(): Promise<number> {
    const { cluster, links } = this.proxied;
    const direct = new URL(cluster.connectionString(2));
    direct.host = links.address(1, 2)!;
    const client = new pg.Client({ connectionString: direct.href });
    await client.connect();
    const took: number[] = [];
    for (let ping = 0; ping < PINGS; ping += 1) {
      const startMs = performance.now();
      await client.query('select 1');
      took.push(performance.now() - startMs);
    }
    await client.end();
    return took.sort((a, b) => a - b)[PINGS / 2]!;
  }
}
