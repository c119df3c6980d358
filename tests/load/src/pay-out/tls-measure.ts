import { toTheRight, type Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';
import { bothTransports, openDatabase, stopPeers, withClusters } from '../bench-cluster.js';
import { median, ms, printTable, rate } from './figures.js';
import type { LoadOrder } from './load-order.js';
import { describeFailures, openAccounts, type LocalOptions } from './local-measure.js';
import { forgetPayOuts, measure, type MeasuredRun } from './measured-run.js';
import { createSingleStatementTables } from './single-statement-tables.js';

const NODE = 1;
const WARM_UP_MS = 2_000;
const AMOUNT = '0.01';

/** By what a client speaks, and how many requests it has under way. */
const loads = [
  ['stream', 256],
  ['stream', 16],
  ['gateway', 64],
  ['gateway', 16],
] as const;
type Load = (typeof loads)[number];

interface Site {
  readonly name: 'plain' | 'TLS';
  readonly cluster: Cluster;
  readonly database: Database;
  readonly accountIds: string[];
  readonly token: string;
}

type Pair = Record<Site['name'], MeasuredRun>;

/** Pay-outs of one datacenter beside those of another, which is the same but for TLS on everything. */
export async function measurePayOutTls(options: LocalOptions): Promise<void> {
  const both = bothTransports({
    nodeCount: 3,
    members: ['postgres', 'kafka', 'coordinator', 'gateway'],
    appEnvironment: { gateway: { HTTP_RATE_MAX: '0' } },
  });
  const run = async ([plain, tls]: readonly Cluster[]): Promise<void> => {
    const sites = [
      await openSite('plain', plain!, options.accounts),
      await openSite('TLS', tls!, options.accounts),
    ];
    try {
      print(await compare(sites, options), options);
    } finally {
      await Promise.all(sites.map(({ database }) => database.close()));
    }
  };
  await withClusters(both, run, (cluster) => stopPeers(cluster, NODE));
}

async function openSite(name: Site['name'], cluster: Cluster, accounts: number): Promise<Site> {
  const database = openDatabase(cluster, NODE, 2);
  const accountIds = await openAccounts(database, accounts);
  // Only that there is something to be emptied before each run.
  await createSingleStatementTables(database, accountIds.slice(0, 1), 1n);
  return { name, cluster, database, accountIds, token: await cluster.signToken() };
}

async function compare(
  sites: readonly Site[],
  { rounds, durationMs }: LocalOptions,
): Promise<ReadonlyMap<Load, Pair[]>> {
  const pairs = new Map<Load, Pair[]>(loads.map((load) => [load, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const load of loads) {
      const pair: Partial<Pair> = {};
      // Forth and back, so that nobody always comes first.
      for (const site of round % 2 === 1 ? sites : [...sites].reverse()) {
        pair[site.name] = await runLoad(site, load, durationMs);
      }
      const { plain, TLS } = pair as Pair;
      pairs.get(load)!.push({ plain, TLS });
      console.log(
        `round ${round}, ${load.join(' ')}: plain ${rate(plain.perSecond)}/s${describeFailures(plain)}, ` +
          `TLS ${rate(TLS.perSecond)}/s${describeFailures(TLS)}, ratio ${(TLS.perSecond / plain.perSecond).toFixed(2)}`,
      );
    }
  }
  return pairs;
}

async function runLoad(site: Site, [kind, inFlight]: Load, durationMs: number) {
  const { cluster, database, accountIds, token } = site;
  await forgetPayOuts(database);
  const { ca } = cluster.coordinatorConnection(NODE).tls ?? {};
  const target: LoadOrder['target'] =
    kind === 'stream'
      ? { kind, token, ...cluster.coordinatorConnection(NODE) }
      : { kind: 'http', token, ca, url: `${cluster.gatewayUrl(NODE)}/v1/pay-outs` };
  const pidOf = (member: 'coordinator' | 'gateway' | 'postgres'): number =>
    cluster.memberStatus(member, NODE).pid!;
  return measure(
    { target, accountIds, amount: AMOUNT, inFlight, warmUpMs: WARM_UP_MS, durationMs },
    { coordinator: pidOf('coordinator'), gateway: pidOf('gateway') },
    pidOf('postgres'),
  );
}

function print(pairs: ReadonlyMap<Load, readonly Pair[]>, { rounds, durationMs }: LocalOptions) {
  console.log(`\nPay-outs a second; medians of ${rounds} rounds of ${durationMs / 1_000} s\n`);
  const columns = ['plain', 'TLS', 'ratio', 'plain, ms', 'TLS, ms', 'coordinator', 'gateway'];
  printTable(
    ['what, in flight', ...columns.map(toTheRight), 'target of the ratio'],
    [...pairs].map(([load, runs]) => {
      const of = (name: Site['name'], pick: (run: MeasuredRun) => number): number =>
        median(runs.map((pair) => pick(pair[name])));
      const cpu = (worker: string): string =>
        (['plain', 'TLS'] as const)
          .map((name) => of(name, ({ cpuUs }) => cpuUs[worker]!).toFixed(0))
          .join(' → ');
      return [
        load.join(', '),
        rate(of('plain', ({ perSecond }) => perSecond)),
        rate(of('TLS', ({ perSecond }) => perSecond)),
        median(runs.map(({ plain, TLS }) => TLS.perSecond / plain.perSecond)).toFixed(2),
        ms(of('plain', ({ latencyMs }) => latencyMs.p50)),
        ms(of('TLS', ({ latencyMs }) => latencyMs.p50)),
        `${cpu('coordinator')} µs`,
        `${cpu('gateway')} µs`,
        '≥ 0.85',
      ];
    }),
  );
}
