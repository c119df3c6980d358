/**
 * All of the benches that the project's targets are about, one after the other: a table, JSON and pictures. What is
 * compared ran in the same minutes; ratios are what counts: the machine may be noisy.
 *
 *   npm run bench [-- --help]
 */
import { resolve } from 'node:path';
import { loadavg } from 'node:os';
import { parseCount } from '@billing/cluster';
import { createBenchCommand, parseNames } from './bench-command.js';
import { benches, fullSize, benchNames, quickSize, type BenchName } from './benches.js';
import { printReport } from './report/figure-table.js';
import type { BenchReport } from './report/bench-report.js';
import { ReportFolder } from './report/report-folder.js';

const SECOND_MS = 1_000;

const options = createBenchCommand('bench')
  .description(
    'Pay-ins with replication on, pay-ins of one datacenter, local pay-outs and drains, each beside a baseline. ' +
      'Nothing else should run on the machine',
  )
  .option(
    '--only <list>',
    `some alone: ${benchNames.join(', ')}`,
    (text) => parseNames(text, benchNames),
    [...benchNames],
  )
  .option('--rounds <number>', 'of everything; default 3, of --quick 1', parseCount)
  .option('--quick', 'less of each, to see that all of it works: its figures say little')
  .option('--out <folder>', 'where results.json and the pictures go', `bench-results/${stamp()}`)
  .parse()
  .opts<{ only: BenchName[]; rounds?: number; quick?: true; out: string }>();

const { rounds, ...size } = options.quick ? quickSize : fullSize;
const wanted = { ...size, rounds: options.rounds ?? rounds };
const folder = new ReportFolder(resolve(options.out), { ...options, ...wanted });
const reports: BenchReport[] = [];
const failed: string[] = [];
const files: string[] = [];

for (const name of options.only) {
  const startedMs = performance.now();
  console.log(`\n${name} (load of the machine ${loadavg()[0]!.toFixed(1)})\n`);
  try {
    const report = await benches[name](wanted);
    files.push(...folder.add(name, report));
    reports.push(report);
    console.log();
    printReport(report);
  } catch (error) {
    // The others can be measured all the same.
    failed.push(name);
    console.error(error);
  }
  const seconds = (performance.now() - startedMs) / SECOND_MS;
  console.log(`\n${name}: ${seconds.toFixed(0)} s`);
}

console.log(`\nMedians of ${wanted.rounds} round(s), from the least to the most\n`);
printReport({
  figures: reports.flatMap(({ figures }) => figures),
  remarks: [
    ...reports.flatMap(({ remarks }) => remarks),
    ...failed.map((name) => `${name} was not measured: see above`),
  ],
});
console.log(`\n${folder.path}: results.json and\n${files.map((file) => `  ${file}`).join('\n')}`);
if (failed.length > 0) process.exitCode = 1;

/** Sorts by time, and is a name of a folder everywhere. */
function stamp(): string {
  return new Date().toISOString().slice(0, 19).replaceAll(':', '-');
}
