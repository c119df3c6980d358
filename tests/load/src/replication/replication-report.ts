import type { Chart, Figure, BenchReport, Series } from '../report/bench-report.js';
import { throughput, type CountAt } from '../report/series.js';
import { targets } from '../report/targets.js';
import { longestBehind, type Round, type Run } from './replication-run.js';

const STEP_MS = 900;
const SECOND_MS = 1_000;

/** Pay-ins at one datacenter and at all of them, with replication on, beside the one with its peers stopped. */
export function replicationReport(rounds: readonly Round[]): BenchReport {
  const alone = rounds.map((round) => round.alone.homeRate);
  const one = rounds.map((round) => round.replicated);
  const all = rounds.flatMap((round) => round.all ?? []);
  const everywhere = (runs: readonly Run[]): number[] =>
    runs.map(({ everywhereRate }) => everywhereRate ?? Number.NaN);
  const behind = (where: string, runs: readonly Run[]): Figure => ({
    what: `pay-ins ${where}: replicas behind, at most`,
    unit: 's',
    values: runs.map(longestBehind),
    target: targets.behind,
  });
  const figures: Figure[] = [
    {
      what: 'pay-ins at one datacenter, complete everywhere',
      unit: '/s',
      values: everywhere(one),
      baseline: { what: 'peers stopped', values: alone },
      target: targets.everywhere,
    },
    behind('at one', one),
  ];
  if (all.length > 0) {
    figures.push(
      {
        what: 'pay-ins at all datacenters, complete everywhere',
        unit: '/s',
        values: everywhere(all),
        baseline: { what: 'peers stopped', values: alone },
      },
      {
        what: '… sum at home',
        unit: '/s',
        values: all.map(({ homeRate }) => homeRate),
        baseline: { what: 'at one', values: one.map(({ homeRate }) => homeRate) },
        target: targets.sum,
      },
      behind('at all', all),
    );
  }
  return { figures, charts: drawn(rounds.at(-1)), remarks: [], measured: rounds };
}

/** Of the last round. */
function drawn(round: Round | undefined): Chart[] {
  if (round === undefined) return [];
  const runs = [
    { name: 'peers stopped', run: round.alone },
    { name: 'at one', run: round.replicated },
    ...(round.all === undefined ? [] : [{ name: 'at all', run: round.all }]),
  ];
  const replicated = runs.slice(1);
  return [
    {
      file: 'pay-ins-over-time',
      title: 'Pay-ins stored where they were produced',
      xLabel: 'time, s',
      yLabel: 'pay-ins a second',
      yScale: 'linear',
      series: runs.map(({ name, run }) => throughput(name, storedOverTime(run), STEP_MS)),
    },
    {
      file: 'replicas-behind',
      title: 'How long replicas lack what was committed elsewhere',
      xLabel: 'time, s',
      yLabel: 'behind, s',
      yScale: 'linear',
      bound: { y: targets.behind.atMost, label: `target: ≤ ${targets.behind.atMost} s` },
      series: replicated.flatMap(({ name, run }) => ofTakers(name, run)),
    },
  ];
}

/** From the last look that found nothing: a worker's start is no part of it. */
function storedOverTime({ behind }: Run): CountAt[] {
  const first = behind.findIndex(({ stored }) => stored > 0);
  return behind.slice(Math.max(0, first - 1)).map(({ atMs, stored }) => ({ atMs, count: stored }));
}

function ofTakers(name: string, { since, takers }: Run): Series[] {
  return takers.map((nodeId, index) => ({
    name: `${name}, dc${nodeId}`,
    points: since.map(({ atMs, seconds }) => [atMs / SECOND_MS, seconds[index]!] as const),
  }));
}
