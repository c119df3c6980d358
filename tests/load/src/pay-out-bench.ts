/**
 * Pay-outs beside a naive service that does the same, in alternating rounds on one PostgreSQL, and
 * drains over a wide-area round trip. Ratios are what counts: the machine may be noisy.
 *
 *   npm run bench:pay-out [-- --seconds 6 --rounds 3 --accounts 10000 --only local|drain]
 */
import { parseArgs } from 'node:util';
import { measureDrains } from './pay-out/drain-measure.js';
import { measureLocal } from './pay-out/local-measure.js';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '6' },
    rounds: { type: 'string', default: '3' },
    accounts: { type: 'string', default: '10000' },
    'round-trip-ms': { type: 'string', default: '80' },
    /** Drains begun in a second. */
    'drain-rate': { type: 'string', default: '40' },
    only: { type: 'string' },
  },
});
const durationMs = Number(options.seconds) * 1_000;
const rounds = Number(options.rounds);

if (options.only !== 'drain') {
  await measureLocal({ durationMs, rounds, accounts: Number(options.accounts) });
}
if (options.only !== 'local') {
  await measureDrains({
    // Percentiles of a steady rate want more of it.
    durationMs: durationMs * rounds,
    roundTripMs: Number(options['round-trip-ms']),
    ratePerSecond: Number(options['drain-rate']),
  });
}
