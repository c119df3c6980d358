/**
 * What a company gets: pay-ins of one datacenter applied at home and everywhere while its peers take them over, beside
 * the same datacenter with its peers stopped; also what that costs, and how far behind the peers are. With --base
 * the same of another clone, in turns. Ratios are what counts: the machine may be noisy.
 *
 *   npm run bench:replication [-- --help]
 */
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseCount } from '@billing/cluster';
import { InvalidArgumentError } from 'commander';
import { createBenchCommand, parseCounts } from './bench-command.js';
import { measureReplication } from './replication/replication-measure.js';
import { printRounds, type Round } from './replication/replication-run.js';

interface CommandOptions {
  readonly nodes: number;
  readonly accounts: number[];
  readonly messages: number;
  readonly rounds: number;
  readonly all?: true;
  readonly coordinators?: true;
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
  .option('--coordinators', 'they seal and unpack while the clock runs, not the bench behind it')
  .option('--json <file>', 'where everything measured goes, the peers over time too')
  .option('--base <folder>', 'another clone, built there (npm run build): the same of it, in turns')
  .parse()
  .opts<CommandOptions>();

const rounds: Round[] = [];
await measureReplication(
  { ...options, all: options.all === true, coordinators: options.coordinators === true },
  (round) => {
    rounds.push(round);
    const ofAccounts = rounds.filter(({ accounts }) => accounts === round.accounts);
    const sites = options.base === undefined ? 1 : 2;
    if (ofAccounts.length === sites * options.rounds) printRounds(ofAccounts);
    if (options.json !== undefined) writeAll(options.json);
  },
);

function writeAll(file: string): void {
  const { nodes, messages } = options;
  const machine = { cores: availableParallelism(), node: process.version };
  writeFileSync(file, `${JSON.stringify({ nodes, messages, machine, rounds }, null, 2)}\n`);
}
