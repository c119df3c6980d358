/**
 * What a company gets: pay-ins of one datacenter applied at home and everywhere while its peers take them over, beside
 * the same datacenter with its peers stopped; also what that costs, and how far behind the peers are. With --base
 * the same of another clone, in turns. Ratios are what counts: the machine may be noisy.
 *
 *   npm run bench:replication [-- --help]
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { parseCount } from '@billing/cluster';
import { InvalidArgumentError } from 'commander';
import { createBenchCommand, parseCounts } from './bench-command.js';
import { withClusters, type BenchClusterOptions } from './bench-cluster.js';
import { rate } from './report/figures.js';
import { largestBehind, printRounds, type Round } from './replication/replication-run.js';
import { ReplicationSite } from './replication/replication-site.js';

interface ReplicationOptions {
  readonly nodes: number;
  readonly accounts: number[];
  readonly messages: number;
  readonly rounds: number;
  readonly all?: true;
  readonly json?: string;
  readonly base?: string;
}

function parseNodes(text: string): number {
  const count = parseCount(text);
  if (count > 1) return count;
  throw new InvalidArgumentError('must be 2 at least: one takes over what another has');
}

const options = createBenchCommand('bench:replication')
  .description(
    'Pay-ins of one datacenter with its peers stopped, then with replication on: applied at home and everywhere. ' +
      "The clock starts with the first batch's transaction, a worker's start is no part of it",
  )
  .option('--nodes <number>', 'datacenters', parseNodes, 3)
  .option(
    '--accounts <list>',
    'that pay-ins go to, such as 2000,100000',
    parseCounts,
    [2_000, 100_000],
  )
  .option('--messages <number>', 'pay-ins of each measurement', parseCount, 300_000)
  .option('--rounds <number>', 'of each', parseCount, 3)
  .option('--all', 'also the same number of pay-ins produced to all datacenters at once')
  .option('--json <file>', 'where everything measured goes, the peers over time too')
  .option('--base <folder>', 'another clone, built there (npm run build): the same of it, in turns')
  .parse()
  .opts<ReplicationOptions>();

const datacenters: BenchClusterOptions = {
  nodeCount: options.nodes,
  members: ['postgres', 'kafka', 'ledger-worker'],
};
const clones = options.base === undefined ? [undefined] : [undefined, options.base];
const names = ['this', 'base'] as const;
const rounds: Round[] = [];

await withClusters(
  clones.map((clone) => ({ ...datacenters, clone })),
  async (clusters) => {
    const sites = clusters.map((cluster, index) => new ReplicationSite(names[index]!, cluster));
    for (const site of sites) await site.quieten();
    for (const accounts of options.accounts) {
      for (const site of sites) await site.openAccounts(accounts);
      for (let round = 1; round <= options.rounds; round += 1) {
        // Forth and back, so that nobody always comes first.
        const inTurn = round % 2 === 1 ? sites : [...sites].reverse();
        for (const site of inTurn) await measure(site, accounts, round);
      }
      printRounds(rounds.filter((one) => one.accounts === accounts));
    }
    await Promise.all(sites.map((site) => site.close()));
  },
);

async function measure(site: ReplicationSite, accounts: number, round: number): Promise<void> {
  const [load] = loadavg();
  const { alone, catchUpRate } = await site.runAlone(options.messages);
  const replicated = await site.runReplicated(options.messages);
  const all = options.all && (await site.runAll(options.messages));
  const { name } = site;
  rounds.push({ site: name, accounts, load: load!, alone, catchUpRate, replicated, all });
  console.log(
    `${rate(accounts)} accounts, round ${round}, ${name}: peers stopped ${rate(alone.homeRate)}/s; ` +
      `replication on ${rate(replicated.homeRate)}/s at home, ${rate(replicated.everywhereRate!)}/s everywhere, ` +
      `at most ${rate(largestBehind(replicated))} behind; catching up ${rate(catchUpRate)}/s` +
      (all
        ? `; all at once ${rate(all.homeRate)}/s, ${rate(all.everywhereRate!)}/s everywhere`
        : ''),
  );
  if (options.json === undefined) return;
  // After each: what was measured stays, should a later one fail.
  const { nodes, messages } = options;
  const machine = { cores: availableParallelism(), node: process.version };
  writeFileSync(options.json, `${JSON.stringify({ nodes, messages, machine, rounds }, null, 2)}\n`);
}
