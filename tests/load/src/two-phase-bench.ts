/**
 * Two ways to take money from three datacenters at once: reservations, each step a commit of its own,
 * and PREPARE TRANSACTION / COMMIT PREPARED, both over dblink, on the same tables; beside them the drain
 * as the system does it. Then what a coordinator that is lost in the middle leaves behind in each.
 *
 *   npm run bench:two-phase [-- --help]
 */
import { parseCount } from '@billing/cluster';
import { createBenchCommand, parseMs } from './bench-command.js';
import { withProxiedCluster } from './bench-cluster.js';
import { loseCoordinator } from './two-phase/lost-coordinator.js';
import { TwoPhaseBench } from './two-phase/two-phase-measure.js';

const options = createBenchCommand('bench:two-phase')
  .description(
    'Reservations beside prepared transactions, and what a lost coordinator leaves of each',
  )
  .option('--seconds <number>', 'of each round', parseCount, 4)
  .option('--rounds <number>', 'of each protocol in turn', parseCount, 3)
  .option('--round-trip-ms <number>', 'between datacenters', parseMs, 80)
  .parse()
  .opts<{ seconds: number; rounds: number; roundTripMs: number }>();

await withProxiedCluster(
  {
    members: ['postgres'],
    pipeline: true,
    postgres: { settings: { max_prepared_transactions: '64' } },
  },
  async ({ cluster, links }) => {
    const bench = new TwoPhaseBench(cluster, links, {
      durationMs: options.seconds * 1_000,
      rounds: options.rounds,
      roundTripMs: options.roundTripMs,
    });
    await bench.run();
    await loseCoordinator(cluster);
  },
);
