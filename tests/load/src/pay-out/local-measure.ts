import { toTheRight, type Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';
import { openDatabase, withCluster } from '../bench-cluster.js';
import { BaselineService } from './child-processes.js';
import { median, ms, printTable, rate } from './figures.js';
import type { LoadOrder } from './load-order.js';
import { forgetPayOuts, measure, type MeasuredRun, type Workers } from './measured-run.js';
import { createSingleStatementTables } from './single-statement-tables.js';

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
/** Connections of the baseline to PostgreSQL. */
const POOL = 16;
const BASELINE_CONNECTIONS = [8, 16, 32, 64, 128, 256];

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
  private baseline: BaselineService | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly database: Database,
    private readonly options: LocalOptions,
    private readonly token: string,
  ) {}

  async run(): Promise<void> {
    this.accountIds = await openAccounts(this.database, this.options.accounts);
    await createSingleStatementTables(
      this.database,
      this.accountIds,
      BigInt(BALANCE.replace('.', '')),
    );
    this.baseline = await BaselineService.start(this.cluster.connectionString(NODE), POOL);
    const best = await this.findBest(this.accountIds);
    const bestHot = await this.findBest([this.hotAccount]);
    const settings = this.settings(best, bestHot);
    for (let round = 1; round <= this.options.rounds; round += 1) {
      // Forth and back, so that nobody always comes first or last.
      for (const setting of round % 2 === 1 ? settings : [...settings].reverse()) {
        await this.measureSetting(setting, round);
      }
    }
    await this.baseline.stop();
    this.print(best, bestHot);
  }

  private get hotAccount(): string {
    return this.accountIds[0]!;
  }

  private settings(best: number, bestHot: number): Setting[] {
    const all = this.accountIds;
    const hot = [this.hotAccount];
    return [
      this.stream('stream 256', all, 256),
      this.baselineSetting('baseline 256', all, 256),
      this.baselineSetting('baseline best', all, best),
      this.stream('stream 256 hot', hot, 256),
      this.baselineSetting('baseline 256 hot', hot, 256),
      this.baselineSetting('baseline best hot', hot, bestHot),
      this.gateway('gateway 64', all, 64),
      this.baselineSetting('baseline 64', all, 64),
      this.stream('stream 16', all, 16),
      this.gateway('gateway 16', all, 16),
      this.baselineSetting('baseline 16', all, 16),
      this.stream('stream 1', all, 1),
      this.gateway('gateway 1', all, 1),
      this.baselineSetting('baseline 1', all, 1),
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

  private baselineSetting(name: string, accountIds: string[], inFlight: number): Setting {
    const { url, pid } = this.baseline!;
    return {
      name,
      service: 'baseline',
      order: this.order({ kind: 'http', url }, accountIds, inFlight),
      workers: { baseline: pid },
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

  /** How many connections to it suit the baseline best. */
  private async findBest(accountIds: string[]): Promise<number> {
    let best = { connections: 0, perSecond: 0 };
    for (const connections of BASELINE_CONNECTIONS) {
      await forgetPayOuts(this.database);
      const target = { kind: 'http', url: this.baseline!.url } as const;
      const order = this.order(target, accountIds, connections);
      const short = { ...order, durationMs: SWEEP_MS };
      const run = await measure(short, {}, this.pidOf('postgres'));
      console.log(
        `baseline, ${accountIds.length} account(s), ${connections} connections: ` +
          `${rate(run.perSecond)}/s${describeFailures(run)}`,
      );
      if (run.perSecond > best.perSecond) best = { connections, perSecond: run.perSecond };
    }
    return best.connections;
  }

  private pidOf(kind: 'postgres' | 'coordinator' | 'gateway'): number {
    return this.cluster.memberStatus(kind, NODE).pid!;
  }

  private of(name: string, pick: (run: MeasuredRun) => number): number {
    return median((this.runs.get(name) ?? []).map(pick));
  }

  /** Compared round by round, then the median: the machine's speed may drift. */
  private ratio(ours: string, baseline: string, pick: (run: MeasuredRun) => number): number {
    const other = this.runs.get(baseline) ?? [];
    return median((this.runs.get(ours) ?? []).map((run, round) => pick(run) / pick(other[round]!)));
  }

  private print(best: number, bestHot: number): void {
    const perSecond = (run: MeasuredRun): number => run.perSecond;
    const rates = (
      [
        ['stream, 256 in flight', 'stream 256', 'baseline 256', '256', 3],
        ['', 'stream 256', 'baseline best', `${best} (its best)`, 3],
        ['one hot account, stream, 256', 'stream 256 hot', 'baseline 256 hot', '256', 3],
        ['', 'stream 256 hot', 'baseline best hot', `${bestHot} (its best)`, 3],
        ['gateway, 64 connections', 'gateway 64', 'baseline 64', '64', 1.5],
      ] as const
    ).map(([what, ours, baseline, connections, target]) => [
      what,
      rate(this.of(ours, perSecond)),
      connections,
      rate(this.of(baseline, perSecond)),
      this.ratio(ours, baseline, perSecond).toFixed(2),
      `≥ ${target}`,
    ]);
    const { accounts, rounds, durationMs } = this.options;
    console.log(
      `\nPer second; ${accounts} accounts, medians of ${rounds} rounds of ${durationMs / 1_000} s; ` +
        `the baseline, one prepared statement a request behind Fastify, has a pool of ${POOL}.\n`,
    );
    const [ours, baseline, ratio] = ['per second', 'baseline', 'ratio'].map(toTheRight);
    printTable(['what', ours!, 'baseline with', baseline!, ratio!, 'target'], rates);
    console.log('\nLatency in ms (median / 99 %)\n');
    const latencies = ['in flight', 'stream', 'gateway', 'baseline'].map(toTheRight);
    printTable(
      [...latencies, 'stream : baseline', 'gateway : baseline'],
      [16, 1].map((n) => this.latencyRow(n)),
    );
    console.log('\nProcessor time in µs per pay-out\n');
    const workers = ['coordinator', 'gateway', 'baseline', 'PostgreSQL', 'client'];
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
      cell(`baseline ${inFlight}`),
      this.ratio(`stream ${inFlight}`, `baseline ${inFlight}`, p50).toFixed(2) + target,
      this.ratio(`gateway ${inFlight}`, `baseline ${inFlight}`, p50).toFixed(2) + target,
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
