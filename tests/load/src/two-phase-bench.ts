/**
 * Two ways to take money from three datacenters at once: reservations, each step a commit of its own,
 * and PREPARE TRANSACTION / COMMIT PREPARED, both over dblink, on the same tables; beside them the drain
 * as the system does it. Then what a coordinator that is lost in the middle leaves behind in each.
 *
 *   npm run bench:two-phase [-- --seconds 4 --rounds 3 --round-trip-ms 80]
 */
import { parseArgs } from 'node:util';
import { startProxiedCluster } from '@billing/testing';
import { loseCoordinator } from './two-phase/lost-coordinator.js';
import { TwoPhaseBench } from './two-phase/two-phase-measure.js';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    'round-trip-ms': { type: 'string', default: '80' },
  },
});

const { cluster, links } = await startProxiedCluster({
  engine: 'native',
  members: ['postgres'],
  pipeline: true,
  postgres: { settings: { max_prepared_transactions: '64' } },
  log: (line) => console.log(line),
});
try {
  const bench = new TwoPhaseBench(cluster, links, {
    durationMs: Number(options.seconds) * 1_000,
    rounds: Number(options.rounds),
    roundTripMs: Number(options['round-trip-ms']),
  });
  await bench.run();
  await loseCoordinator(cluster);
} finally {
  await cluster.destroy();
  await links.close();
}
