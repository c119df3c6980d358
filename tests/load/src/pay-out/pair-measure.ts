import { toTheRight, type Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';
import { bothTransports, openDatabase, stopPeers, withClusters } from '../bench-cluster.js';
import type { BenchClusterOptions } from '../bench-cluster.js';
import { median, ms, printTable, rate, times } from '../report/figures.js';
import type { LoadTarget } from './load-order.js';
import { openAccounts, type LocalOptions } from './local-measure.js';
import { describeFailures, forgetPayOuts, measure, type MeasuredRun } from './measured-run.js';
import { createSingleStatementTables } from './single-statement-tables.js';

const NODE = 1;
const WARM_UP_MS = 2_000;
const AMOUNT = '0.01';
const KEYS_AT_ONCE = 500_000;

/** The coordinator's stream, or HTTP. */
export type ClientKind = 'stream' | 'gateway';

/** By what a client speaks, and how many requests it has under way. */
type Load = readonly [ClientKind, number];

const bothClients: readonly Load[] = [
  ['stream', 256],
  ['stream', 16],
  ['gateway', 64],
  ['gateway', 16],
];
const unlimited: BenchClusterOptions = {
  nodeCount: 3,
  members: ['postgres', 'kafka', 'coordinator', 'gateway'],
  appEnvironment: { gateway: { HTTP_RATE_MAX: '0' } },
};

/** Two datacenters that differ in one thing, measured in turns: the second beside the first. */
interface Comparison {
  readonly names: readonly [string, string];
  readonly clusters: readonly [BenchClusterOptions, BenchClusterOptions];
  readonly loads: readonly Load[];
  /** What the ratio is to be, in words. */
  readonly target: string;
  /** Of the keys, as many have a home. */
  readonly homeShare?: number;
  /** Once, before the first run. */
  readonly prepare?: (database: Database) => Promise<void>;
}

interface Site {
  readonly name: string;
  readonly cluster: Cluster;
  readonly database: Database;
  readonly accountIds: string[];
  readonly token: string;
}

type Pair = readonly [MeasuredRun, MeasuredRun];

/** Pay-outs of one datacenter beside those of another, which is the same but for TLS on everything. */
export function measurePayOutTls(options: LocalOptions): Promise<void> {
  return comparePayOuts(options, {
    names: ['plain', 'TLS'],
    clusters: bothTransports(unlimited),
    loads: bothClients,
    target: '≥ 0.85',
  });
}

export interface BaseOptions extends LocalOptions {
  /** Folder of another clone, built there. */
  readonly base: string;
  /** Keys that others have paid under, as they arrive here. */
  readonly arrivedKeys: number;
  /** Undefined: both. */
  readonly client?: ClientKind | undefined;
}

/** Pay-outs of one datacenter beside those of another clone's, half of the keys with a home. */
export function measurePayOutBase(given: BaseOptions): Promise<void> {
  const { base, arrivedKeys, client, ...options } = given;
  return comparePayOuts(options, {
    names: ['base', 'this'],
    clusters: [{ ...unlimited, clone: base }, unlimited],
    loads: bothClients.filter(([kind]) => client === undefined || kind === client),
    target: '≥ 0.97',
    homeShare: 0.5,
    prepare: (database) => addArrivedKeys(database, arrivedKeys),
  });
}

/** As take_keys writes them; of a clone that knows of none, nothing. */
async function addArrivedKeys(database: Database, count: number): Promise<void> {
  const [known] = await database.query<{ is: boolean }>(
    'known',
    "select to_regclass('billing.arrived_keys') is not null as is",
  );
  if (known?.is !== true) return;
  for (let done = 0; done < count; done += KEYS_AT_ONCE) {
    await database.query(
      'add arrived keys',
      `insert into billing.arrived_keys (key_hash, node_id, pay_out_id, created_at, fingerprint)
       select gen_random_uuid(), 2, gen_random_uuid(), now(), sha256(g::text::bytea) from generate_series(1, $1::int) g`,
      [Math.min(KEYS_AT_ONCE, count - done)],
    );
  }
  await database.query('analyze arrived keys', 'vacuum analyze billing.arrived_keys');
}

function comparePayOuts(options: LocalOptions, comparison: Comparison): Promise<void> {
  const run = async (clusters: readonly Cluster[]): Promise<void> => {
    const sites: Site[] = [];
    try {
      for (const [index, cluster] of clusters.entries()) {
        sites.push(await openSite(comparison.names[index]!, cluster, options.accounts));
        await comparison.prepare?.(sites[index]!.database);
      }
      print(await compare(sites, options, comparison), options, comparison);
    } finally {
      await Promise.all(sites.map(({ database }) => database.close()));
    }
  };
  return withClusters(comparison.clusters, run, (cluster) => stopPeers(cluster, NODE));
}

async function openSite(name: string, cluster: Cluster, accounts: number): Promise<Site> {
  const database = openDatabase(cluster, NODE, 2);
  const accountIds = await openAccounts(database, accounts);
  // Only that there is something to be emptied before each run.
  await createSingleStatementTables(database, accountIds.slice(0, 1), 1n);
  return { name, cluster, database, accountIds, token: await cluster.signToken() };
}

async function compare(
  sites: readonly Site[],
  { rounds, durationMs }: LocalOptions,
  { loads, homeShare }: Comparison,
): Promise<ReadonlyMap<Load, Pair[]>> {
  const pairs = new Map<Load, Pair[]>(loads.map((load) => [load, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const load of loads) {
      // Forth and back, so that nobody always comes first.
      const inTurn = round % 2 === 1 ? [0, 1] : [1, 0];
      const runs: MeasuredRun[] = [];
      for (const index of inTurn) {
        runs[index] = await runLoad(sites[index]!, load, durationMs, homeShare);
      }
      const [first, second] = runs as [MeasuredRun, MeasuredRun];
      pairs.get(load)!.push([first, second]);
      const told = sites.map(
        ({ name }, i) => `${name} ${rate(runs[i]!.perSecond)}/s${describeFailures(runs[i]!)}`,
      );
      const ratio = (second.perSecond / first.perSecond).toFixed(2);
      console.log(`round ${round}, ${load.join(' ')}: ${told.join(', ')}, ratio ${ratio}`);
    }
  }
  return pairs;
}

async function runLoad(
  site: Site,
  [kind, inFlight]: Load,
  durationMs: number,
  homeShare: number | undefined,
) {
  const { cluster, database, accountIds, token } = site;
  await forgetPayOuts(database);
  const { ca } = cluster.coordinatorConnection(NODE).tls ?? {};
  const target: LoadTarget =
    kind === 'stream'
      ? { kind, token, ...cluster.coordinatorConnection(NODE) }
      : { kind: 'http', token, ca, url: `${cluster.gatewayUrl(NODE)}/v1/pay-outs` };
  const pidOf = (member: 'coordinator' | 'gateway' | 'postgres'): number | undefined =>
    cluster.memberStatus(member, NODE).pid;
  const gateway = kind === 'gateway' ? pidOf('gateway') : undefined;
  const home = homeShare === undefined ? undefined : { nodeId: NODE, share: homeShare };
  return measure(
    { target, accountIds, amount: AMOUNT, inFlight, home, warmUpMs: WARM_UP_MS, durationMs },
    { coordinator: pidOf('coordinator')!, ...(gateway !== undefined && { gateway }) },
    pidOf('postgres')!,
  );
}

function print(
  pairs: ReadonlyMap<Load, readonly Pair[]>,
  { rounds, durationMs }: LocalOptions,
  { names, target }: Comparison,
) {
  console.log(`\nPay-outs a second; medians of ${rounds} rounds of ${durationMs / 1_000} s\n`);
  const workers = ['coordinator', 'gateway', 'PostgreSQL'];
  const columns = [...names, 'ratio', ...names.map((name) => `${name}, ms`), ...workers];
  printTable(
    ['what, in flight', ...columns.map(toTheRight), 'target of the ratio'],
    [...pairs].map(([load, runs]) => {
      const both = (pick: (run: MeasuredRun) => number): [number, number] => [
        median(runs.map(([first]) => pick(first))),
        median(runs.map(([, second]) => pick(second))),
      ];
      const cpu = (worker: string): string => {
        const usOf = ({ cpuUs }: MeasuredRun): number => cpuUs[worker] ?? Number.NaN;
        const us = both(usOf);
        const ratio = median(runs.map(([first, second]) => usOf(second) / usOf(first)));
        return us.some(Number.isNaN)
          ? '–'
          : `${us.map((one) => one.toFixed(0)).join(' → ')} µs (${times(ratio)})`;
      };
      return [
        load.join(', '),
        ...both(({ perSecond }) => perSecond).map(rate),
        median(runs.map(([first, second]) => second.perSecond / first.perSecond)).toFixed(2),
        ...both(({ latencyMs }) => latencyMs.p50).map(ms),
        ...workers.map(cpu),
        target,
      ];
    }),
  );
}
