/**
 * Pay-outs beside a service of one prepared statement, in alternating rounds on one PostgreSQL, and
 * drains over a wide-area round trip; with --base beside another clone. Ratios are what counts: the machine may be noisy.
 *
 *   npm run bench:pay-out [-- --help]
 */
import { parseCount } from '@billing/cluster';
import { Option } from 'commander';
import { createBenchCommand, parseMs } from './bench-command.js';
import { measureDrains } from './pay-out/drain-measure.js';
import { printDrains } from './pay-out/drain-tables.js';
import { measureLocal } from './pay-out/local-measure.js';
import { printLocal } from './pay-out/local-tables.js';
import { measurePayOutBase, measurePayOutTls, type ClientKind } from './pay-out/pair-measure.js';

const options = createBenchCommand('bench:pay-out')
  .description('Pay-outs beside a service of one statement, and drains over a wide-area round trip')
  .option('--seconds <number>', 'of each round', parseCount, 6)
  .option('--rounds <number>', 'of each service in turn', parseCount, 3)
  .option('--accounts <number>', 'that pay out', parseCount, 10_000)
  .option('--round-trip-ms <number>', 'between datacenters', parseMs, 80)
  .option('--drain-rate <number>', 'drains begun in a second', parseCount, 40)
  .addOption(new Option('--only <part>', 'default both').choices(['local', 'drain']))
  .option('--tls', 'instead: local pay-outs in plain text and over TLS in turn')
  .option(
    '--base <folder>',
    'instead: beside another clone, built there, half of the keys with a home',
  )
  .option(
    '--arrived-keys <number>',
    'of --base: keys that others have paid under',
    parseCount,
    10_000_000,
  )
  .addOption(
    new Option('--client <kind>', 'of --base: default both').choices(['stream', 'gateway']),
  )
  .parse()
  .opts<{
    seconds: number;
    rounds: number;
    accounts: number;
    roundTripMs: number;
    drainRate: number;
    only?: 'local' | 'drain';
    tls?: true;
    base?: string;
    arrivedKeys: number;
    client?: ClientKind;
  }>();
const { rounds, accounts, roundTripMs } = options;
const durationMs = options.seconds * 1_000;

if (options.tls) {
  await measurePayOutTls({ durationMs, rounds, accounts });
}
const { base, arrivedKeys, client } = options;
if (base !== undefined) {
  await measurePayOutBase({ base, arrivedKeys, client, durationMs, rounds, accounts });
}
const isPaired = options.tls === true || base !== undefined;
if (!isPaired && options.only !== 'drain') {
  printLocal(await measureLocal({ durationMs, rounds, accounts }));
}
if (!isPaired && options.only !== 'local') {
  // Percentiles of a steady rate want more of it than of a round.
  const once = { durationMs: durationMs * rounds, rounds: 1 };
  printDrains(await measureDrains({ ...once, roundTripMs, ratePerSecond: options.drainRate }));
}
