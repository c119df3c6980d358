import type { Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';
import { openDatabase, withCluster } from '../bench-cluster.js';
import { BaselineService } from './child-processes.js';
import { ExtraApp } from './extra-app.js';
import { ms, rate } from '../report/figures.js';
import type { LoadOrder, LoadTarget } from './load-order.js';
import {
  describeFailures,
  forgetPayOuts,
  measure,
  type MeasuredRun,
  type Workers,
} from './measured-run.js';
import { createSingleStatementTables } from './single-statement-tables.js';

export interface LocalOptions {
  readonly durationMs: number;
  readonly rounds: number;
  readonly accounts: number;
  /** Numbers of connections that the baseline is tried with, to find its best. Default: all that may be. */
  readonly triedConnections?: readonly number[];
}

/** What was measured of each setting, by its name: a run a round. */
export interface LocalRuns {
  readonly options: LocalOptions;
  readonly runs: ReadonlyMap<string, readonly MeasuredRun[]>;
  /** With so many connections the baseline was at its best: over all accounts, and over one. */
  readonly best: number;
  readonly bestHot: number;
}

const NODE = 1;
const WARM_UP_MS = 2_000;
const SWEEP_MS = 2_000;
const AMOUNT = '0.01';
/** Nobody runs dry: 10 million pay-outs from each account. */
const BALANCE = '100000.00';
/** Connections of the baseline to PostgreSQL. */
export const POOL = 16;
/** Pay-outs a second of the runs that ask for latency alone. */
export const STEADY_RATE = 1_000;
const BASELINE_CONNECTIONS = [8, 16, 32, 64, 128, 256];

/** One service under one kind of load. */
interface Setting {
  readonly name: string;
  readonly order: LoadOrder;
  readonly workers: Workers;
}

/** Pay-outs that stay at their datacenter, with its peers stopped. */
export async function measureLocal(options: LocalOptions): Promise<LocalRuns> {
  let measured: LocalRuns | undefined;
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
        measured = await new LocalBench(cluster, database, options, token).run();
      } finally {
        await database.close();
      }
    },
  );
  return measured!;
}

class LocalBench {
  private readonly runs = new Map<string, MeasuredRun[]>();
  private accountIds: string[] = [];
  private baseline: BaselineService | undefined;
  private extra: { readonly coordinator: ExtraApp; readonly gateway: ExtraApp } | undefined;

  constructor(
    private readonly cluster: Cluster,
    private readonly database: Database,
    private readonly options: LocalOptions,
    private readonly token: string,
  ) {}

  async run(): Promise<LocalRuns> {
    const { options } = this;
    this.accountIds = await openAccounts(this.database, options.accounts);
    await createSingleStatementTables(
      this.database,
      this.accountIds,
      BigInt(BALANCE.replace('.', '')),
    );
    this.baseline = await BaselineService.start(this.cluster.connectionString(NODE), POOL);
    const best = await this.findBest(this.accountIds);
    const bestHot = await this.findBest([this.hotAccount]);
    const coordinator = await ExtraApp.start(this.cluster, 'coordinator', NODE);
    const address = { COORDINATOR_URL: coordinator.address };
    const gateway = await ExtraApp.start(this.cluster, 'gateway', NODE, address);
    this.extra = { coordinator, gateway };
    const settings = this.settings(best, bestHot);
    for (let round = 1; round <= options.rounds; round += 1) {
      // Forth and back, so that nobody always comes first or last.
      for (const setting of round % 2 === 1 ? settings : [...settings].reverse()) {
        await this.measureSetting(setting, round);
      }
    }
    await gateway.stop();
    await coordinator.stop();
    await this.baseline.stop();
    return { options, runs: this.runs, best, bestHot };
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
      this.shared(this.stream('stream 256, two coordinators', all, 256)),
      this.stream('stream 256 hot', hot, 256),
      this.shared(this.stream('stream 256 hot, two coordinators', hot, 256)),
      this.baselineSetting('baseline 256 hot', hot, 256),
      this.baselineSetting('baseline best hot', hot, bestHot),
      this.gateway('gateway 64', all, 64),
      this.shared(this.gateway('gateway 64, two of each', all, 64)),
      this.baselineSetting('baseline 64', all, 64),
      this.stream('stream 16', all, 16),
      this.gateway('gateway 16', all, 16),
      this.baselineSetting('baseline 16', all, 16),
      this.stream('stream 1', all, 1),
      this.gateway('gateway 1', all, 1),
      this.baselineSetting('baseline 1', all, 1),
      this.steady(this.stream('stream steady', all, 256)),
      this.steady(this.baselineSetting('baseline steady', all, 256)),
    ];
  }

  /** The same, at a rate that leaves time to spare. */
  private steady(setting: Setting): Setting {
    return { ...setting, order: { ...setting.order, ratePerSecond: STEADY_RATE } };
  }

  /** The same over two coordinators, or over two gateways with one each. */
  private shared(setting: Setting): Setting {
    const { coordinator, gateway } = this.extra!;
    const { order } = setting;
    const beside: LoadTarget =
      order.target.kind === 'stream'
        ? { ...order.target, ...this.cluster.coordinatorConnection(coordinator.address) }
        : { ...order.target, url: `http://${gateway.address}/v1/pay-outs` };
    // Nobody's processor time is told of: the work is divided.
    return { ...setting, order: { ...order, beside: [beside] }, workers: {} };
  }

  private order(target: LoadTarget, accountIds: string[], inFlight: number): LoadOrder {
    const { durationMs } = this.options;
    return { target, accountIds, amount: AMOUNT, inFlight, warmUpMs: WARM_UP_MS, durationMs };
  }

  private stream(name: string, accountIds: string[], inFlight: number): Setting {
    const { cluster, token } = this;
    const target = { kind: 'stream', token, ...cluster.coordinatorConnection(NODE) } as const;
    return {
      name,
      order: this.order(target, accountIds, inFlight),
      workers: { coordinator: this.pidOf('coordinator') },
    };
  }

  private gateway(name: string, accountIds: string[], inFlight: number): Setting {
    const url = `${this.cluster.gatewayUrl(NODE)}/v1/pay-outs`;
    return {
      name,
      order: this.order({ kind: 'http', url, token: this.token }, accountIds, inFlight),
      workers: { gateway: this.pidOf('gateway'), coordinator: this.pidOf('coordinator') },
    };
  }

  private baselineSetting(name: string, accountIds: string[], inFlight: number): Setting {
    const { url, pid } = this.baseline!;
    return {
      name,
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
    for (const connections of this.options.triedConnections ?? BASELINE_CONNECTIONS) {
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
