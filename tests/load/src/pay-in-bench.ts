/**
 * How fast one datacenter's ledger worker brings pay-ins from Kafka into PostgreSQL, with its peers
 * stopped; beside it, in the same run, a consumer of one statement a batch, the same SQL driven without Kafka at
 * several batch sizes, and a consumer that works message by message. Ratios are what counts: the machine may be noisy.
 *
 *   npm run bench:pay-in [-- --help]
 */
import { parseCount } from '@billing/cluster';
import { createBenchCommand } from './bench-command.js';
import { bothTransports, withClusters } from './bench-cluster.js';
import { measurePayIns, payInDatacenters, quieten } from './pay-in/pay-in-measure.js';
import { payInReport } from './pay-in/pay-in-report.js';
import { measureWorkerTls } from './pay-in/worker-tls-measure.js';
import { printReport } from './report/figure-table.js';

const options = createBenchCommand('bench:pay-in')
  .description(
    'A ledger worker from Kafka into PostgreSQL, beside a good consumer, its SQL alone and a naive consumer',
  )
  .option('--messages <number>', 'pay-ins of each measurement', parseCount, 500_000)
  .option('--accounts <number>', 'that they go to', parseCount, 10_000)
  .option('--rounds <number>', 'of each in turn', parseCount, 3)
  .option('--tls', 'instead: the worker in plain text and over TLS in turn')
  .parse()
  .opts<{ messages: number; accounts: number; rounds: number; tls?: true }>();

if (options.tls) {
  await withClusters(
    bothTransports(payInDatacenters),
    ([plain, tls]) => measureWorkerTls(plain!, tls!, options),
    quieten,
  );
} else {
  printReport(payInReport(await measurePayIns(options)));
}
