import type { Database } from '@billing/database';
import { eventually, type ProxiedCluster } from '@billing/testing';
import pg from 'pg';
import { openDatabase, withProxiedCluster } from '../bench-cluster.js';
import { ms, rate } from '../report/figures.js';
import { ExtraApp } from './extra-app.js';
import type { LoadOrder, LoadTarget } from './load-order.js';
import { describeFailures, measure, type MeasuredRun } from './measured-run.js';

export interface DrainOptions {
  readonly durationMs: number;
  readonly rounds: number;
  readonly roundTripMs: number;
  readonly ratePerSecond: number;
}

/** A run of each a round. */
export interface DrainRuns {
  readonly options: DrainOptions;
  /** A query over the link, in milliseconds. */
  readonly pingMs: number;
  readonly local: readonly MeasuredRun[];
  /** As `local`, heard by another node than the home that their keys name. */
  readonly elsewhere: readonly MeasuredRun[];
  readonly drains: readonly MeasuredRun[];
  /** Of `drains` alone. */
  readonly attempts: {
    readonly second: number;
    readonly attempts: number;
    readonly payOuts: number;
  };
  /** As many at once as may be, of many accounts, by several coordinators. */
  readonly spread: readonly MeasuredRun[];
  /** The same of one account. */
  readonly hot: readonly MeasuredRun[];
  /** The same of one account, by one caller that waits for each answer. */
  readonly alone: readonly MeasuredRun[];
}

const NODE = 1;
const OTHER_NODE = 2;
const NODES = [1, 2, 3];
const ACCOUNTS = 4_000;
/** Long enough for the coordinator to have as many connections to other nodes as it wants. */
const WARM_UP_MS = 6_000;
const IN_FLIGHT_MAX = 256;
/** The local part never covers this alone, the others together always. */
const DRAIN_AMOUNT = '15.00';
const LOCAL_AMOUNT = '0.01';
const PARTS = { 1: '5.00', 2: '2000.00', 3: '1000.00' };
/** Beside the cluster's own, at the same node. */
const EXTRA_COORDINATORS = 2;
export const CALLERS = 64;
/** Of these there is enough for whatever is asked for. */
const HOT_PARTS = { 1: '5.00', 2: '20000000.00', 3: '10000000.00' };
const PINGS = 20;
const REPLICATED_WITHIN_MS = 60_000;

type Parts = Readonly<Record<1 | 2 | 3, string>>;

/** Drains at a steady rate over links with a wide-area round trip, local pay-outs beside them; then as many as may be. */
export async function measureDrains(options: DrainOptions): Promise<DrainRuns> {
  let measured: DrainRuns | undefined;
  await withProxiedCluster({ members: ['postgres', 'coordinator'] }, async (proxied) => {
    const databases = NODES.map((nodeId) => openDatabase(proxied.cluster, nodeId, 1));
    try {
      measured = await new DrainBench(proxied, databases, options).run();
    } finally {
      await Promise.all(databases.map((database) => database.close()));
    }
  });
  return measured!;
}

class DrainBench {
  constructor(
    private readonly proxied: ProxiedCluster,
    private readonly databases: readonly Database[],
    private readonly options: DrainOptions,
  ) {}

  async run(): Promise<DrainRuns> {
    const { options } = this;
    const accountIds = await this.openAccounts(ACCOUNTS);
    const half = accountIds.length / 2;
    const [local, drained] = [accountIds.slice(0, half), accountIds.slice(half)];
    const hot = await this.openAccounts(1);
    await this.fund(accountIds, PARTS);
    await this.fund(hot, HOT_PARTS);
    this.proxied.links.setRoundTripMs(options.roundTripMs);
    const pingMs = await this.ping();
    console.log(
      `round trip between nodes: ${options.roundTripMs} ms; a query over it takes ${ms(pingMs)} ms`,
    );
    const runs = {
      local: [] as MeasuredRun[],
      elsewhere: [] as MeasuredRun[],
      drains: [] as MeasuredRun[],
    };
    const home = { nodeId: NODE, share: 1 };
    for (let round = 1; round <= options.rounds; round += 1) {
      runs.local.push(await this.steady('local pay-outs', local, LOCAL_AMOUNT));
      runs.elsewhere.push(
        await this.steady('local pay-outs, heard elsewhere', local, LOCAL_AMOUNT, OTHER_NODE, home),
      );
      runs.drains.push(await this.steady('drains', drained, DRAIN_AMOUNT));
    }
    const attempts = await this.countRounds();
    return { options, pingMs, ...runs, attempts, ...(await this.runManyCallers(drained, hot)) };
  }

  private steady(
    name: string,
    accountIds: string[],
    amount: string,
    nodeId = NODE,
    home?: LoadOrder['home'],
  ): Promise<MeasuredRun> {
    const { ratePerSecond } = this.options;
    const load = { accountIds, amount, inFlight: IN_FLIGHT_MAX, ratePerSecond, home };
    return this.measure(name, load, nodeId);
  }

  /** Drains by several coordinators, as fast as they are answered: of many accounts, and of one. */
  private async runManyCallers(
    drained: string[],
    hot: string[],
  ): Promise<Pick<DrainRuns, 'spread' | 'hot' | 'alone'>> {
    const { cluster } = this.proxied;
    const extra: ExtraApp[] = [];
    for (let one = 0; one < EXTRA_COORDINATORS; one += 1) {
      extra.push(await ExtraApp.start(cluster, 'coordinator', NODE));
    }
    const token = await cluster.signToken();
    const beside = extra.map(({ address }): LoadTarget => {
      return { kind: 'stream', token, ...cluster.coordinatorConnection(address) };
    });
    const runs = {
      spread: [] as MeasuredRun[],
      hot: [] as MeasuredRun[],
      alone: [] as MeasuredRun[],
    };
    const order = { amount: DRAIN_AMOUNT, beside, inFlight: CALLERS };
    for (let round = 1; round <= this.options.rounds; round += 1) {
      runs.spread.push(
        await this.measure('drains of many accounts at once', { ...order, accountIds: drained }),
      );
      runs.hot.push(await this.measure('drains of one at once', { ...order, accountIds: hot }));
      const one = { ...order, beside: undefined, inFlight: 1, accountIds: hot };
      runs.alone.push(await this.measure('drains of one, one by one', one));
    }
    await Promise.all(extra.map((app) => app.stop()));
    return runs;
  }

  private async measure(
    name: string,
    load: Pick<
      LoadOrder,
      'accountIds' | 'amount' | 'beside' | 'inFlight' | 'ratePerSecond' | 'home'
    >,
    nodeId = NODE,
  ): Promise<MeasuredRun> {
    const { cluster } = this.proxied;
    const order: LoadOrder = {
      target: {
        kind: 'stream',
        ...cluster.coordinatorConnection(nodeId),
        token: await cluster.signToken(),
      },
      ...load,
      warmUpMs: WARM_UP_MS,
      durationMs: this.options.durationMs,
    };
    const run = await measure(
      order,
      { coordinator: cluster.memberStatus('coordinator', NODE).pid! },
      cluster.memberStatus('postgres', NODE).pid!,
    );
    console.log(
      `${name}: ${run.answers}, ${rate(run.perSecond)}/s, median ${ms(run.latencyMs.p50)} ms, ` +
        `90 % within ${ms(run.latencyMs.p90)} ms, 99 % within ${ms(run.latencyMs.p99)} ms${describeFailures(run)}`,
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

  private async openAccounts(count: number): Promise<string[]> {
    const rows = await this.databases[0]!.query<{ id: bigint }>(
      'open accounts',
      "select public.add_account('bench ' || g) as id from generate_series(1, $1::int) g",
      [count],
    );
    return rows.map(({ id }) => String(id));
  }

  /** The same parts on every account; known at every node when this returns. */
  private async fund(accountIds: readonly string[], parts: Parts): Promise<void> {
    for (const [index, database] of this.databases.entries()) {
      const nodeId = NODES[index]! as keyof Parts;
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
        [accountIds, parts[nodeId], nodeId],
      );
    }
    const total = Object.values(parts).reduce(
      (sum, part) => sum + BigInt(part.replace('.', '')),
      0n,
    );
    for (const database of this.databases) {
      await eventually(
        async () => {
          const [row] = await database.query<{ total: string }>(
            'replicated',
            `select coalesce(sum(balance_minor), 0)::text as total
               from billing.account_balances where account_id = any ($1::bigint[])`,
            [accountIds],
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
