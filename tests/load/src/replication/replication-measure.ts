import { loadavg } from 'node:os';
import { withClusters, type BenchClusterOptions } from '../bench-cluster.js';
import { rate, times } from '../report/figures.js';
import { largestBehind, longestBehind, type Round } from './replication-run.js';
import { ReplicationSite } from './replication-site.js';

export interface ReplicationOptions {
  /** Datacenters. */
  readonly nodes: number;
  /** Counts of accounts, each with rounds of its own. */
  readonly accounts: readonly number[];
  readonly messages: number;
  readonly rounds: number;
  /** Also produced to all datacenters at once. */
  readonly all: boolean;
  /** Coordinators seal and unpack while the clock runs. */
  readonly coordinators: boolean;
  /** Folder of another clone, built there: the same of it, in turns. */
  readonly base?: string | undefined;
}

const names = ['this', 'base'] as const;

/** @param onRound has each site's part of a round when it is measured: what was measured stays, should a later one fail */
export async function measureReplication(
  options: ReplicationOptions,
  onRound: (round: Round) => void,
): Promise<void> {
  const members = ['postgres', 'kafka', 'ledger-worker'] as const;
  const datacenters: BenchClusterOptions = {
    nodeCount: options.nodes,
    members: options.coordinators ? [...members, 'coordinator'] : members,
  };
  const clones = options.base === undefined ? [undefined] : [undefined, options.base];
  await withClusters(
    clones.map((clone) => ({ ...datacenters, clone })),
    async (clusters) => {
      const sites = clusters.map(
        (cluster, index) => new ReplicationSite(names[index]!, cluster, options.coordinators),
      );
      for (const site of sites) await site.quieten();
      for (const accounts of options.accounts) {
        console.log(`opening accounts, until there are ${rate(accounts)} everywhere …`);
        for (const site of sites) await site.openAccounts(accounts);
        for (let round = 1; round <= options.rounds; round += 1) {
          // Forth and back, so that nobody always comes first.
          for (const site of round % 2 === 1 ? sites : [...sites].reverse()) {
            const measured = await measureRound(site, accounts, options);
            describe(measured, round);
            onRound(measured);
          }
        }
      }
      await Promise.all(sites.map((site) => site.close()));
    },
  );
}

async function measureRound(
  site: ReplicationSite,
  accounts: number,
  { messages, all }: ReplicationOptions,
): Promise<Round> {
  const [load] = loadavg();
  const begin = (what: string): void => {
    console.log(`${site.name}: ${rate(messages)} pay-ins, ${what} …`);
  };
  begin('peers stopped');
  const { alone, catchUpRate } = await site.runAlone(messages);
  begin('replication on, produced at one');
  const replicated = await site.runReplicated(messages);
  if (all) begin('produced at all');
  const everybody = all ? await site.runAll(messages) : undefined;
  return { site: site.name, accounts, load: load!, alone, catchUpRate, replicated, all: everybody };
}

function describe(
  { site, accounts, alone, catchUpRate, replicated, all }: Round,
  round: number,
): void {
  console.log(
    `${rate(accounts)} accounts, round ${round}, ${site}: peers stopped ${rate(alone.homeRate)}/s; ` +
      `replication on ${rate(replicated.homeRate)}/s at home, ${rate(replicated.everywhereRate!)}/s everywhere, ` +
      `at most ${rate(largestBehind(replicated))} or ${times(longestBehind(replicated))} s behind; ` +
      `catching up ${rate(catchUpRate)}/s` +
      (all
        ? `; all at once ${rate(all.homeRate)}/s, ${rate(all.everywhereRate!)}/s everywhere, ` +
          `at most ${times(longestBehind(all))} s behind`
        : ''),
  );
}
