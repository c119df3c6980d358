import { toTheRight } from '@billing/cluster';
import { median, ms, printTable, rate } from '../report/figures.js';
import { latencyChart, throughput } from '../report/series.js';
import { targets } from '../report/targets.js';
import type { Chart, Figure, BenchReport } from '../report/bench-report.js';
import { POOL, STEADY_RATE, type LocalRuns } from './local-measure.js';
import { listFailures, type MeasuredRun } from './measured-run.js';
import { printReport } from '../report/figure-table.js';

const LATENCIES = [16, 1];
const STEP_MS = 400;

const perSecond = (run: MeasuredRun): number => run.perSecond;
const p50 = (run: MeasuredRun): number => run.latencyMs.p50;

const runsOf = ({ runs }: LocalRuns, name: string): readonly MeasuredRun[] => runs.get(name) ?? [];

/** What was compared with what, and what the ratio is to be. */
export function localReport(local: LocalRuns): BenchReport {
  const { best, bestHot } = local;
  const beside = (
    what: string,
    [ours, baseline]: readonly [string, string],
    baselineName: string,
    rest: Partial<Figure> = {},
  ): Figure => {
    const pick = rest.unit === 'ms' ? p50 : perSecond;
    const values = runsOf(local, baseline).map(pick);
    return {
      what,
      unit: '/s',
      values: runsOf(local, ours).map(pick),
      baseline: { what: baselineName, values },
      ...rest,
    };
  };
  const { stream, gateway, hot, steady } = targets;
  const figures = [
    beside(
      'pay-outs, stream, 256 in flight',
      ['stream 256', 'baseline 256'],
      'one statement, 256',
      {
        target: stream,
      },
    ),
    beside(
      '… at the best of the other',
      ['stream 256', 'baseline best'],
      `one statement, ${best}`,
      {
        target: stream,
      },
    ),
    beside(
      '… of one hot account',
      ['stream 256 hot', 'baseline best hot'],
      `one statement, ${bestHot}`,
      { target: stream },
    ),
    beside('… one hot account beside many', ['stream 256 hot', 'stream 256'], 'many accounts', {
      target: hot,
    }),
    beside('… two coordinators', ['stream 256, two coordinators', 'stream 256'], 'one coordinator'),
    beside(
      '… two coordinators, one hot account',
      ['stream 256 hot, two coordinators', 'stream 256, two coordinators'],
      'many accounts',
      { target: hot },
    ),
    beside('pay-outs, HTTP, 64 connections', ['gateway 64', 'baseline 64'], 'one statement, 64', {
      target: gateway,
    }),
    beside('… two gateways, a coordinator each', ['gateway 64, two of each', 'gateway 64'], 'one'),
    beside(
      `a pay-out at ${rate(STEADY_RATE)}/s, stream, median`,
      ['stream steady', 'baseline steady'],
      'one statement',
      { unit: 'ms', target: steady },
    ),
  ];
  return {
    figures,
    charts: localCharts(local),
    remarks: [...local.runs].flatMap(([name, runs]) => listFailures(name, runs)),
    measured: { ...local, runs: Object.fromEntries(local.runs) },
  };
}

/** Of the last round: what came when, and how long it took. */
function localCharts(local: LocalRuns): Chart[] {
  const last = (name: string): MeasuredRun[] => runsOf(local, name).slice(-1);
  const settings = ['stream 256', 'stream 256 hot', 'gateway 64', 'baseline 64', 'baseline best'];
  return [
    {
      file: 'pay-outs-over-time',
      title: 'Local pay-outs, peers stopped',
      xLabel: 'time, s',
      yLabel: 'pay-outs a second',
      yScale: 'linear',
      series: settings.flatMap((name) =>
        last(name).map(({ overTime }) => throughput(name, overTime, STEP_MS)),
      ),
    },
    latencyChart(
      'pay-outs-latency',
      `Local pay-outs at ${rate(STEADY_RATE)} a second`,
      ['stream steady', 'baseline steady'].flatMap((name) =>
        last(name).map(({ percentiles }) => ({ name, percentiles })),
      ),
    ),
  ];
}

/** Everything that was measured, as Markdown. */
export function printLocal(local: LocalRuns): void {
  const { accounts, rounds, durationMs } = local.options;
  console.log(
    `\n${accounts} accounts, ${rounds} rounds of ${durationMs / 1_000} s; the baseline, one prepared statement ` +
      `a request behind Fastify, has a pool of ${POOL}.\n`,
  );
  printReport(localReport(local));
  console.log('\nLatency in ms (median / 99 %)\n');
  const latencies = ['in flight', 'stream', 'gateway', 'baseline'].map(toTheRight);
  printTable(
    [...latencies, 'stream : baseline', 'gateway : baseline'],
    LATENCIES.map((inFlight) => latencyRow(local, inFlight)),
  );
  console.log('\nProcessor time in µs per pay-out\n');
  const workers = ['coordinator', 'gateway', 'baseline', 'PostgreSQL', 'client'];
  printTable(
    ['what', ...workers.map(toTheRight)],
    [...local.runs.keys()].map((name) => [
      name,
      ...workers.map((worker) => {
        const us = of(local, name, (run) => run.cpuUs[worker] ?? Number.NaN);
        return Number.isNaN(us) ? '–' : us.toFixed(0);
      }),
    ]),
  );
}

function of(local: LocalRuns, name: string, pick: (run: MeasuredRun) => number): number {
  return median(runsOf(local, name).map(pick));
}

/** Compared round by round, then the median: the machine's speed may drift. */
function ratio(
  local: LocalRuns,
  ours: string,
  baseline: string,
  pick: (run: MeasuredRun) => number,
): number {
  const other = runsOf(local, baseline);
  return median(runsOf(local, ours).map((run, round) => pick(run) / pick(other[round]!)));
}

function latencyRow(local: LocalRuns, inFlight: number): string[] {
  const cell = (name: string): string =>
    `${ms(of(local, name, p50))} / ${ms(of(local, name, (run) => run.latencyMs.p99))}`;
  const target = inFlight === 16 ? ' (≤ 1.2)' : '';
  return [
    String(inFlight),
    cell(`stream ${inFlight}`),
    cell(`gateway ${inFlight}`),
    cell(`baseline ${inFlight}`),
    ratio(local, `stream ${inFlight}`, `baseline ${inFlight}`, p50).toFixed(2) + target,
    ratio(local, `gateway ${inFlight}`, `baseline ${inFlight}`, p50).toFixed(2) + target,
  ];
}
