import { toTheRight } from '@billing/cluster';
import { median, printTable, rate, spread, times } from '../report/figures.js';

/** What a measurement took, of all datacenters together. */
export interface Spent {
  /** Processor time a pay-in in microseconds, by kind of process. */
  readonly cpuUs: Readonly<Record<string, number>>;
  /** Write-ahead log a pay-in in bytes, by node. */
  readonly walBytes: Readonly<Record<string, number>>;
}

export interface Run extends Spent {
  readonly messages: number;
  /** A second: pay-ins applied where they were produced; of several datacenters the sum of their rates. */
  readonly homeRate: number;
  /** A second until every node had all; undefined: nobody takes them over. */
  readonly everywhereRate: number | undefined;
  /** Entries a second that the slower taker made rows of the log afterwards; undefined: none came packed. */
  readonly behindRate?: number | undefined;
  /** Nodes that took them over. */
  readonly takers: readonly number[];
  /** What the origins had stored, and how many entries each taker had not yet, over time. */
  readonly behind: readonly {
    readonly atMs: number;
    readonly stored: number;
    readonly entries: readonly number[];
  }[];
  /** For how many seconds each taker had not what an origin had committed, over time. */
  readonly since: readonly { readonly atMs: number; readonly seconds: readonly number[] }[];
}

/** One site's part of a round. */
export interface Round {
  readonly site: string;
  readonly accounts: number;
  readonly load: number;
  readonly alone: Run;
  readonly replicated: Run;
  /** Entries a second at the slower peer, with no worker beside it. */
  readonly catchUpRate: number;
  readonly all?: Run | undefined;
}

interface Line {
  readonly what: string;
  readonly of: (round: Round) => number | undefined;
  readonly format: (value: number) => string;
}

const share = (part: number | undefined, whole: number): number | undefined =>
  part === undefined ? undefined : part / whole;

export function largestBehind(run: Run): number {
  return Math.max(0, ...run.behind.flatMap(({ entries }) => entries));
}

/** At the worst moment, of the taker that was furthest behind. */
export function longestBehind(run: Run): number {
  return Math.max(0, ...run.since.flatMap(({ seconds }) => seconds));
}

/** Ends the name of what the bench itself took to look. */
export const THE_BENCH = 'the bench';

/** Names what is done later than the clock shows. */
export const BEHIND_IT = 'sealing and unpacking behind it';

/** Processor time a pay-in of all but the bench, with what is done behind it. */
export function costOf({ cpuUs }: Spent): number {
  const own = Object.entries(cpuUs).filter(([what]) => !what.endsWith(THE_BENCH));
  return own.reduce((sum, [, us]) => sum + us, 0);
}

const lines: readonly Line[] = [
  { what: 'peers stopped: applied at home, a second', of: (r) => r.alone.homeRate, format: rate },
  { what: 'replication on: applied at home', of: (r) => r.replicated.homeRate, format: rate },
  { what: '… everywhere', of: (r) => r.replicated.everywhereRate, format: rate },
  {
    what: 'home, replication on / peers stopped',
    of: (r) => share(r.replicated.homeRate, r.alone.homeRate),
    format: times,
  },
  {
    what: 'everywhere / peers stopped',
    of: (r) => share(r.replicated.everywhereRate, r.alone.homeRate),
    format: times,
  },
  { what: 'entries behind, at most', of: (r) => largestBehind(r.replicated), format: rate },
  {
    what: 'seconds behind, at most',
    of: (r) => longestBehind(r.replicated),
    format: times,
  },
  { what: 'a peer catching up, no worker beside it', of: (r) => r.catchUpRate, format: rate },
  {
    what: 'sealing and unpacking behind it, a second',
    of: (r) => r.replicated.behindRate,
    format: rate,
  },
  { what: 'produced everywhere: sum of rates at home', of: (r) => r.all?.homeRate, format: rate },
  { what: '… everywhere', of: (r) => r.all?.everywhereRate, format: rate },
  {
    what: '… everywhere / peers stopped',
    of: (r) => share(r.all?.everywhereRate, r.alone.homeRate),
    format: times,
  },
  {
    what: 'processor time a pay-in, µs, peers stopped',
    of: (r) => costOf(r.alone),
    format: tenths,
  },
  { what: '… replication on', of: (r) => costOf(r.replicated), format: tenths },
  { what: '… produced everywhere', of: (r) => r.all && costOf(r.all), format: tenths },
];

function tenths(value: number): string {
  return value.toFixed(1);
}

export interface Row {
  readonly what: string;
  readonly cells: readonly string[];
}

/** A row a figure: each site's median and spread; with a second site the ratio of the first to it, round by round. */
export function summarise(rounds: readonly Round[]): Row[] {
  const sites = [...new Set(rounds.map(({ site }) => site))];
  return lines.flatMap(({ what, of, format }) => {
    const bySite = sites.map((site) => rounds.filter((round) => round.site === site).map(of));
    if (bySite.flat().every((value) => value === undefined)) return [];
    const cells = bySite.map((values) => spread(values.filter(isKnown), format));
    const [own = [], base] = bySite;
    if (base) {
      cells.push(
        spread(own.map((value, index) => share(value, base[index]!)).filter(isKnown), times),
      );
    }
    return [{ what, cells }];
  });
}

function isKnown(value: number | undefined): value is number {
  return value !== undefined;
}

/** Medians of what each kind of process took, or each node wrote, for a pay-in: a column a run of a site. */
export function compareSpent(
  runs: readonly (readonly Run[])[],
  of: (run: Run) => Readonly<Record<string, number>>,
): Row[] {
  const kinds = [...new Set(runs.flat().flatMap((run) => Object.keys(of(run))))];
  return kinds
    .map((what) => ({
      what,
      medians: runs.map((some) => median(some.map((run) => of(run)[what] ?? 0))),
    }))
    .filter(({ medians }) => medians.some((one) => one >= 0.05))
    .sort((a, b) => Math.max(...b.medians) - Math.max(...a.medians))
    .map(({ what, medians }) => ({ what, cells: medians.map(tenths) }));
}

/** Everything of one count of accounts, as Markdown. */
export function printRounds(rounds: readonly Round[]): void {
  const sites = [...new Set(rounds.map(({ site }) => site))];
  const [first] = rounds;
  const loads = rounds.map(({ load }) => Math.round(load));
  console.log(
    `\n${rate(first!.accounts)} accounts, ${rate(first!.alone.messages)} pay-ins; medians of ${rounds.length / sites.length} ` +
      `rounds (from to); load of the machine ${Math.min(...loads)} to ${Math.max(...loads)}\n`,
  );
  const columns = [...sites, ...(sites.length > 1 ? [`ratio to ${sites[1]}`] : [])];
  print('what', columns, summarise(rounds));
  const parts = [
    { name: 'peers stopped', of: (round: Round) => round.alone },
    { name: 'replication on', of: (round: Round) => round.replicated },
    { name: 'produced everywhere', of: (round: Round) => round.all },
  ];
  const runs = parts.flatMap(({ name, of }) =>
    sites.flatMap((site) => {
      const some = rounds
        .filter((round) => round.site === site)
        .flatMap((round) => of(round) ?? []);
      return some.length === 0
        ? []
        : [{ name: sites.length > 1 ? `${name}, ${site}` : name, some }];
    }),
  );
  const names = runs.map(({ name }) => name);
  const all = runs.map(({ some }) => some);
  print(
    'processor time a pay-in, µs',
    names,
    compareSpent(all, (run) => run.cpuUs),
  );
  print(
    'write-ahead log a pay-in, bytes',
    names,
    compareSpent(all, (run) => run.walBytes),
  );
}

function print(title: string, columns: readonly string[], rows: readonly Row[]): void {
  printTable(
    [title, ...columns.map((column) => toTheRight(column))],
    rows.map(({ what, cells }) => [what, ...cells]),
  );
  console.log();
}
