import { toTheRight, type Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';
import { openDatabase, withCluster } from '../bench-cluster.js';
import { NaiveService } from './child-processes.js';
import { median, ms, printTable, rate } from './figures.js';
import type { LoadOrder } from './load-order.js';
import { forgetPayOuts, measure, type MeasuredRun, type Workers } from './measured-run.js';
import { createNaiveTables } from './naive-tables.js';

export interface LocalOptions {
  readonly durationMs: number;
  readonly rounds: number;
  readonly accounts: number;
}

const NODE = 1;
const WARM_UP_MS = 2_000;
const SWEEP_MS = 2_000;
const AMOUNT = '0.01';
/** Nobody runs dry: 10 million pay-outs from each account. */
const BALANCE = '100000.00';
const NAIVE_POOLS = [10, 20, 40];
const NAIVE_CONNECTIONS = [8, 16, 32, 64, 128, 256];

/** One service under one kind of load. */
interface Setting {
  readonly name: string;
  readonly service: string;
  readonly order: LoadOrder;
  readonly workers: Workers;
}

/** Pay-outs that stay at their datacenter, with its peers stopped. */
export async function measureLocal(options: LocalOptions): Promise<void> {
  await withCluster(
    {
      nodeCount: 3,
      members: ['postgres', 'kafka', 'coordinator', 'gateway'],
      appEnvironment: { gateway: { HTTP_RATE_MAX: '0' } },
    },
    async (cluster) => {
      await cluster.stopNode(2);
      await cluster.stopNode(3);
      const database = openDatabase(cluster, NODE, 2);
      try {
        const token = await cluster.signToken();
        await new LocalBench(cluster, database, options, token).run();
      } finally {
        await database.close();
      }
    },
  );
}

class LocalBench {
  private readonly runs = new Map<string, MeasuredRun[]>();
  private accountIds: string[] = [];
  private naive: NaiveService | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly database: Database,
    private readonly options: LocalOptions,
    private readonly token: string,
  ) {}

  async run(): Promise<void> {
    this.accountIds = await openAccounts(this.database, this.options.accounts);
    await createNaiveTables(this.database, this.accountIds, BigInt(BALANCE.replace('.', '')));
    const best = await this.findNaiveBest(this.accountIds, NAIVE_POOLS);
    this.naive = await this.startNaive(best.pool);
    const bestHot = await this.findNaiveBest([this.hotAccount], [best.pool]);
    const settings = this.settings(best.connections, bestHot.connections);
    for (let round = 1; round <= this.options.rounds; round += 1) {
      // Forth and back, so that nobody always comes first or last.
      for (const setting of round % 2 === 1 ? settings : [...settings].reverse()) {
        await this.measureSetting(setting, round);
      }
    }
    await this.naive.stop();
    this.print(best, bestHot.connections);
  }

  private get hotAccount(): string {
    return this.accountIds[0]!;
  }

  private settings(naiveBest: number, naiveBestHot: number): Setting[] {
    const all = this.accountIds;
    const hot = [this.hotAccount];
    return [
      this.stream('stream 256', all, 256),
      this.naiveSetting('naive 256', all, 256),
      this.naiveSetting('naive best', all, naiveBest),
      this.stream('stream 256 hot', hot, 256),
      this.naiveSetting('naive 256 hot', hot, 256),
      this.naiveSetting('naive best hot', hot, naiveBestHot),
      this.gateway('gateway 64', all, 64),
      this.naiveSetting('naive 64', all, 64),
      this.stream('stream 16', all, 16),
      this.gateway('gateway 16', all, 16),
      this.naiveSetting('naive 16', all, 16),
      this.stream('stream 1', all, 1),
      this.gateway('gateway 1', all, 1),
      this.naiveSetting('naive 1', all, 1),
    ];
  }

  private order(target: LoadOrder['target'], accountIds: string[], inFlight: number): LoadOrder {
    const { durationMs } = this.options;
    return { target, accountIds, amount: AMOUNT, inFlight, warmUpMs: WARM_UP_MS, durationMs };
  }

  private stream(name: string, accountIds: string[], inFlight: number): Setting {
    const { cluster, token } = this;
    const target = { kind: 'stream', token, ...cluster.coordinatorConnection(NODE) } as const;
    return {
      name,
      service: 'coordinator',
      order: this.order(target, accountIds, inFlight),
      workers: { coordinator: this.pidOf('coordinator') },
    };
  }

  private gateway(name: string, accountIds: string[], inFlight: number): Setting {
    const url = `${this.cluster.gatewayUrl(NODE)}/v1/pay-outs`;
    return {
      name,
      service: 'gateway',
      order: this.order({ kind: 'http', url, token: this.token }, accountIds, inFlight),
      workers: { gateway: this.pidOf('gateway'), coordinator: this.pidOf('coordinator') },
    };
  }

  private naiveSetting(name: string, accountIds: string[], inFlight: number): Setting {
    const { url, pid } = this.naive!;
    return {
      name,
      service: 'naive',
      order: this.order({ kind: 'http', url }, accountIds, inFlight),
      workers: { naive: pid },
    };
  }

  private async measureSetting(setting: Setting, round: number): Promise<MeasuredRun> {
    await forgetPayOuts(this.database);
    const run = await measure(setting.order, setting.workers, this.pidOf('postgres'));
    this.runs.set(setting.name, [...(this.runs.get(setting.name) ?? []), run]);
    console.log(
      `round ${round}, ${setting.name}: ${rate(run.perSecond)}/s, median ${ms(run.latencyMs.p50)} ms, ` +
        `99 % within ${ms(run.latencyMs.p99)} ms${describeFailures(run)}`,
    );
    return run;
  }

  /** The naive service's own best: how many connections to it, and from it to PostgreSQL. */
  private async findNaiveBest(
    accountIds: string[],
    pools: readonly number[],
  ): Promise<{ pool: number; connections: number }> {
    let best = { pool: 0, connections: 0, perSecond: 0 };
    for (const pool of pools) {
      const naive = this.naive ?? (await this.startNaive(pool));
      for (const inFlight of NAIVE_CONNECTIONS) {
        await forgetPayOuts(this.database);
        const target = { kind: 'http', url: naive.url } as const;
        const order = this.order(target, accountIds, inFlight);
        const short = { ...order, durationMs: SWEEP_MS };
        const run = await measure(short, {}, this.pidOf('postgres'));
        console.log(
          `naive, ${accountIds.length} account(s), pool of ${pool}, ${inFlight} connections: ` +
            `${rate(run.perSecond)}/s${describeFailures(run)}`,
        );
        if (run.perSecond > best.perSecond) {
          best = { pool, connections: inFlight, perSecond: run.perSecond };
        }
      }
      if (naive !== this.naive) await naive.stop();
    }
    return best;
  }

  private startNaive(pool: number): Promise<NaiveService> {
    return NaiveService.start(this.cluster.connectionString(NODE), pool);
  }

  private pidOf(kind: 'postgres' | 'coordinator' | 'gateway'): number {
    return this.cluster.memberStatus(kind, NODE).pid!;
  }

  private of(name: string, pick: (run: MeasuredRun) => number): number {
    return median((this.runs.get(name) ?? []).map(pick));
  }

  /** Compared round by round, then the median: the machine's speed may drift. */
  private ratio(ours: string, naive: string, pick: (run: MeasuredRun) => number): number {
    const other = this.runs.get(naive) ?? [];
    return median((this.runs.get(ours) ?? []).map((run, round) => pick(run) / pick(other[round]!)));
  }

  private print(best: { pool: number; connections: number }, bestHot: number): void {
    const perSecond = (run: MeasuredRun): number => run.perSecond;
    const rates = (
      [
        ['stream, 256 in flight', 'stream 256', 'naive 256', '256', 4],
        ['', 'stream 256', 'naive best', `${best.connections} (its best)`, 4],
        ['one hot account, stream, 256', 'stream 256 hot', 'naive 256 hot', '256', 8],
        ['', 'stream 256 hot', 'naive best hot', `${bestHot} (its best)`, 8],
        ['gateway, 64 connections', 'gateway 64', 'naive 64', '64', 2],
      ] as const
    ).map(([what, ours, naive, connections, target]) => [
      what,
      rate(this.of(ours, perSecond)),
      connections,
      rate(this.of(naive, perSecond)),
      this.ratio(ours, naive, perSecond).toFixed(2),
      `≥ ${target}`,
    ]);
    const { accounts, rounds, durationMs } = this.options;
    console.log(
      `\nPer second; ${accounts} accounts, medians of ${rounds} rounds of ${durationMs / 1_000} s; ` +
        `the naive service's pool has ${best.pool} connections.\n`,
    );
    const [ours, naive, ratio] = ['per second', 'naive', 'ratio'].map(toTheRight);
    printTable(['what', ours!, 'naive with', naive!, ratio!, 'target'], rates);
    console.log('\nLatency in ms (median / 99 %)\n');
    const latencies = ['in flight', 'stream', 'gateway', 'naive'].map(toTheRight);
    printTable(
      [...latencies, 'stream : naive', 'gateway : naive'],
      [16, 1].map((n) => this.latencyRow(n)),
    );
    console.log('\nProcessor time in µs per pay-out\n');
    const workers = ['coordinator', 'gateway', 'naive', 'PostgreSQL', 'client'];
    printTable(
      ['what', ...workers.map(toTheRight)],
      [...this.runs.keys()].map((name) => [
        name,
        ...workers.map((worker) => {
          const us = this.of(name, (run) => run.cpuUs[worker] ?? Number.NaN);
          return Number.isNaN(us) ? '–' : us.toFixed(0);
        }),
      ]),
    );
  }

  private latencyRow(inFlight: number): string[] {
    const cell = (name: string): string =>
      `${ms(this.of(name, (run) => run.latencyMs.p50))} / ${ms(this.of(name, (run) => run.latencyMs.p99))}`;
    const p50 = (run: MeasuredRun): number => run.latencyMs.p50;
    const target = inFlight === 16 ? ' (≤ 1.2)' : '';
    return [
      String(inFlight),
      cell(`stream ${inFlight}`),
      cell(`gateway ${inFlight}`),
      cell(`naive ${inFlight}`),
      this.ratio(`stream ${inFlight}`, `naive ${inFlight}`, p50).toFixed(2) + target,
      this.ratio(`gateway ${inFlight}`, `naive ${inFlight}`, p50).toFixed(2) + target,
    ];
  }
}

export function describeFailures(run: MeasuredRun): string {
  const failures = Object.entries(run.failures);
  if (failures.length === 0) return '';
  return `; FAILED ${failures.map(([kind, count]) => `${count} × ${kind}`).join(', ')}`;
}

export async function openAccounts(database: Database, count: number): Promise<string[]> {
  const rows = await database.query<{ id: bigint }>(
    'open accounts',
    "select public.add_account('bench ' || g) as id from generate_series(1, $1::int) g",
    [count],
  );
  const ids = rows.map(({ id }) => String(id));
  await database.query(
    'deposits',
    'select public.deposit_balance(id, $2::numeric, $3) from unnest($1::bigint[]) as a (id)',
    [ids, BALANCE, NODE],
  );
  await database.query('analyze', 'analyze');
  return ids;
}
