import { compareSpent, costOf, summarise, type Round, type Run } from './replication-run.js';

const run = (homeRate: number, everywhereRate?: number, cpuUs: Run['cpuUs'] = {}): Run => ({
  messages: 1_000,
  homeRate,
  everywhereRate,
  takers: [2, 3],
  behind: [
    { atMs: 0, stored: 0, entries: [0, 10] },
    { atMs: 1_000, stored: homeRate, entries: [homeRate / 10, 5] },
  ],
  since: [
    { atMs: 0, seconds: [0, 0.5] },
    { atMs: 200, seconds: [0.25, 0] },
  ],
  cpuUs,
  walBytes: {},
});

const round = (site: string, alone: number, everywhere: number): Round => ({
  site,
  accounts: 10,
  load: 1,
  alone: run(alone),
  replicated: run(alone / 2, everywhere),
  catchUpRate: 3 * everywhere,
});

const cellsOf = (rounds: Round[], what: string): readonly string[] | undefined =>
  summarise(rounds).find((row) => row.what === what)?.cells;

const own = [round('this', 1_000, 100), round('this', 2_000, 400), round('this', 3_000, 450)];

test('a figure is the median of the rounds, from the least to the most', () => {
  expect(cellsOf(own, '… everywhere')).toEqual(['400 (100 to 450)']);
});

test('ratios are of the same round', () => {
  // 0.1, 0.2, 0.15: not what the medians would give.
  expect(cellsOf(own, 'everywhere / peers stopped')).toEqual(['0.15 (0.10 to 0.20)']);
});

test('another site is compared round by round', () => {
  const base = [round('base', 1_000, 50), round('base', 2_000, 400), round('base', 3_000, 150)];
  // Which of them was first in a round does not matter.
  const rounds = [own[0]!, base[0]!, base[1]!, own[1]!, own[2]!, base[2]!];
  expect(cellsOf(rounds, '… everywhere')).toEqual([
    '400 (100 to 450)',
    '150 (50 to 400)',
    '2.00 (1.00 to 3.00)',
  ]);
});

test('the largest number of entries behind counts, whoever is behind', () => {
  expect(cellsOf([round('this', 40, 1)], 'entries behind, at most')).toEqual(['10']);
  expect(cellsOf([round('this', 4_000, 1)], 'entries behind, at most')).toEqual(['200']);
});

test('the longest time behind counts, whoever is behind', () => {
  expect(cellsOf(own.slice(0, 1), 'seconds behind, at most')).toEqual(['0.50']);
});

test('what was not measured has no row', () => {
  const titles = summarise(own).map(({ what }) => what);
  expect(titles.filter((what) => what.includes('produced everywhere'))).toEqual([]);
});

test('of processor time medians are shown, and what took nothing is not', () => {
  const some = [
    run(1, 1, { worker: 4, idle: 0.01 }),
    run(1, 1, { worker: 6 }),
    run(1, 1, { worker: 9 }),
  ];
  const other = [run(1, 1, { apply: 2 })];
  expect(compareSpent([some, other], ({ cpuUs }) => cpuUs)).toEqual([
    { what: 'worker', cells: ['6.0', '0.0'] },
    { what: 'apply', cells: ['0.0', '2.0'] },
  ]);
});

test('what the bench takes itself is no cost of a pay-in', () => {
  expect(costOf(run(1, 1, { worker: 4, 'PostgreSQL, home: the bench': 2, 'the bench': 1 }))).toBe(
    4,
  );
});
