import { toTheRight, type Cluster } from '@billing/cluster';
import { PAY_IN_TOPIC } from '@billing/contracts';
import { openDatabase } from '../bench-cluster.js';
import { fillTopic, prepareMessages } from '../commands.js';
import { median, printTable, rate } from '../report/figures.js';
import { CONNECTIONS, driveWorker, forgetEntries, NODE, openAccounts } from '../worker-measure.js';

interface Site {
  readonly name: 'plain' | 'TLS';
  /** Everything that its topic holds goes to one of its accounts, once more in each round. */
  run(round: number): Promise<number>;
  close(): Promise<void>;
}

export interface WorkerTlsOptions {
  readonly messages: number;
  readonly accounts: number;
  readonly rounds: number;
}

/** The worker of one datacenter beside that of another, which is the same but for TLS and users on everything. */
export async function measureWorkerTls(
  plain: Cluster,
  tls: Cluster,
  options: WorkerTlsOptions,
): Promise<void> {
  const sites = [await openSite('plain', plain, options), await openSite('TLS', tls, options)];
  const rounds: Record<Site['name'], number>[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    const rates = { plain: Number.NaN, TLS: Number.NaN };
    // Forth and back, so that nobody always comes first.
    for (const site of round % 2 === 1 ? sites : [...sites].reverse()) {
      rates[site.name] = await site.run(round);
    }
    rounds.push(rates);
    console.log(
      `round ${round}: plain ${rate(rates.plain)}/s, TLS ${rate(rates.TLS)}/s, ratio ${(rates.TLS / rates.plain).toFixed(2)}`,
    );
  }
  await Promise.all(sites.map((site) => site.close()));
  console.log(`\nPay-ins a second through the worker; medians of ${options.rounds} rounds\n`);
  printTable(
    [toTheRight('plain'), toTheRight('TLS'), toTheRight('ratio'), 'target'],
    [
      [
        rate(median(rounds.map(({ plain: one }) => one))),
        rate(median(rounds.map(({ TLS }) => TLS))),
        median(rounds.map(({ plain: one, TLS }) => TLS / one)).toFixed(2),
        '≥ 0.85',
      ],
    ],
  );
}

async function openSite(
  name: Site['name'],
  cluster: Cluster,
  { messages, accounts }: WorkerTlsOptions,
): Promise<Site> {
  const database = openDatabase(cluster, NODE, CONNECTIONS);
  const accountIds = await openAccounts(database, accounts);
  const broker = cluster.kafkaConnection(NODE);
  return {
    name,
    run: async (round) => {
      await fillTopic(broker, PAY_IN_TOPIC, prepareMessages(accountIds, messages));
      await forgetEntries(database);
      return (await driveWorker(cluster, database, messages, round * messages)).rate;
    },
    close: () => database.close(),
  };
}
