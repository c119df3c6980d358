import type { BenchReport } from '../report/bench-report.js';
import { throughput } from '../report/series.js';
import type { PayInRuns } from './pay-in-measure.js';

const STEP_MS = 400;

/** The worker of one datacenter beside what others would write, and beside its own SQL. */
export function payInReport(runs: PayInRuns): BenchReport {
  const { rounds, batchSize, oneByOneRate } = runs;
  const values = rounds.map(({ workerRate }) => workerRate);
  const last = rounds.at(-1);
  return {
    figures: [
      {
        what: 'pay-ins through the worker, peers stopped',
        unit: '/s',
        values,
        baseline: {
          what: 'one statement a batch',
          values: rounds.map(({ baselineRate }) => baselineRate),
        },
      },
      {
        what: '… beside its SQL',
        unit: '/s',
        values,
        baseline: {
          what: `SQL alone, ${batchSize} a call`,
          values: rounds.map(({ sqlRate }) => sqlRate),
        },
      },
      {
        what: '… beside a transaction a message',
        unit: '/s',
        values,
        baseline: { what: 'message by message', values: rounds.map(() => oneByOneRate) },
      },
    ],
    charts: [
      {
        file: 'pay-ins-one-datacenter',
        title: 'Pay-ins from Kafka into PostgreSQL, peers stopped',
        xLabel: 'time, s',
        yLabel: 'pay-ins a second',
        yScale: 'linear',
        series: [
          throughput('through the worker', last?.workerOverTime ?? [], STEP_MS),
          throughput('one statement a batch', last?.baselineOverTime ?? [], STEP_MS),
        ],
      },
    ],
    remarks: [],
    measured: runs,
  };
}
