import { toTheRight } from '@billing/cluster';
import { printReport } from '../report/figure-table.js';
import { median, ms, printTable, rate, times } from '../report/figures.js';
import type { BenchReport } from '../report/bench-report.js';
import { latencyChart, throughput } from '../report/series.js';
import { targets } from '../report/targets.js';
import { CALLERS, type DrainRuns } from './drain-measure.js';
import { listFailures, type MeasuredRun } from './measured-run.js';

const STEP_MS = 900;

const perSecond = (run: MeasuredRun): number => run.perSecond;
const p50 = (run: MeasuredRun): number => run.latencyMs.p50;

/** A drain beside a round trip and a local pay-out, and drains of one account by many callers. */
export function drainReport(runs: DrainRuns): BenchReport {
  const { roundTripMs, ratePerSecond } = runs.options;
  const named = {
    'local pay-outs': runs.local,
    'local pay-outs, heard elsewhere': runs.elsewhere,
    drains: runs.drains,
    [`many accounts, ${CALLERS} callers`]: runs.spread,
    [`one account, ${CALLERS} callers`]: runs.hot,
    'one account, one caller': runs.alone,
  };
  const hot = runs.hot.map(perSecond);
  return {
    figures: [
      {
        what: `a drain at ${ratePerSecond}/s over ${roundTripMs} ms, median`,
        unit: 'ms',
        values: runs.drains.map(p50),
        baseline: {
          what: 'round trip + local pay-out',
          values: runs.local.map((run) => roundTripMs + p50(run)),
        },
        target: targets.drain,
      },
      {
        what: `a pay-out heard elsewhere, ${ratePerSecond}/s over ${roundTripMs} ms, median`,
        unit: 'ms',
        values: runs.elsewhere.map(p50),
        baseline: { what: 'round trip', values: runs.elsewhere.map(() => roundTripMs) },
        target: targets.elsewhere,
      },
      {
        what: `drains of one hot account, ${CALLERS} callers`,
        unit: '/s',
        values: hot,
        baseline: { what: 'one caller', values: runs.alone.map(perSecond) },
      },
      {
        what: '… beside many accounts',
        unit: '/s',
        values: hot,
        baseline: { what: 'many accounts', values: runs.spread.map(perSecond) },
      },
    ],
    charts: [
      latencyChart(
        'drains-latency',
        `Drains over ${roundTripMs} ms, ${ratePerSecond} a second`,
        Object.entries(named)
          .slice(0, 3)
          .flatMap(([name, some]) =>
            some.slice(-1).map(({ percentiles }) => ({ name, percentiles })),
          ),
      ),
      {
        file: 'drains-over-time',
        title: `Drains over ${roundTripMs} ms by several coordinators`,
        xLabel: 'time, s',
        yLabel: 'drains a second',
        yScale: 'linear',
        series: Object.entries(named)
          .slice(3)
          .flatMap(([name, some]) =>
            some.slice(-1).map(({ overTime }) => throughput(name, overTime, STEP_MS)),
          ),
      },
    ],
    remarks: Object.entries(named).flatMap(([name, some]) => listFailures(name, some)),
    measured: runs,
  };
}

/** Everything that was measured, as Markdown. */
export function printDrains(runs: DrainRuns): void {
  const { attempts, pingMs, options } = runs;
  const { roundTripMs, ratePerSecond } = options;
  console.log(`\nDrains, ${ratePerSecond} a second, ${roundTripMs} ms between nodes\n`);
  printReport(drainReport(runs));
  const of = (some: readonly MeasuredRun[], pick: (run: MeasuredRun) => number): number =>
    median(some.map(pick));
  const cpu = (worker: string): string =>
    `${rate(of(runs.drains, ({ cpuUs }) => cpuUs[worker]!))} µs`;
  const overLink = of(runs.drains, p50) / (pingMs + of(runs.local, p50));
  console.log();
  printTable(
    ['of the drains at a steady rate', toTheRight('result'), 'target'],
    [
      ['local pay-out at the same rate, median', `${ms(of(runs.local, p50))} ms`, ''],
      [`ratio with a round trip of ${ms(pingMs)} ms, as measured`, times(overLink), ''],
      ['99 %', `${ms(of(runs.drains, (run) => run.latencyMs.p99))} ms`, `≤ ${2 * roundTripMs} ms`],
      ['slowest', `${ms(Math.max(...runs.drains.map((run) => run.latencyMs.max)))} ms`, ''],
      ['second rounds', `${((100 * attempts.second) / attempts.attempts).toFixed(2)} %`, '< 2 %'],
      ['attempts a pay-out', (attempts.attempts / attempts.payOuts).toFixed(3), ''],
      ['coordinator, processor time a drain', cpu('coordinator'), ''],
      ['PostgreSQL here, processor time a drain', cpu('PostgreSQL'), ''],
    ],
  );
}
