import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { main } from './main.js';

const home = mkdtempSync(join(tmpdir(), 'geo-billing-none-'));
const printed: string[] = [];
const complained: string[] = [];

beforeEach(() => {
  for (const said of [printed, complained]) said.length = 0;
  jest.spyOn(console, 'log').mockImplementation((line) => void printed.push(String(line)));
  jest.spyOn(console, 'error').mockImplementation((line) => void complained.push(String(line)));
});
afterEach(() => jest.restoreAllMocks());
afterAll(() => rmSync(home, { recursive: true }));

const cluster = (...args: string[]): Promise<number> =>
  main(args, { environment: { BILLING_HOME: home }, ask: () => Promise.resolve(false) });

test.each<[string[], string]>([
  [[], 'Usage: npm run cluster --'],
  [['melt'], "unknown command 'melt'"],
  [['status', 'dc2'], 'too many arguments'],
  [['status', '--wrong'], "unknown option '--wrong'"],
  [['stop'], "missing required argument 'part'"],
  [['stop', 'dc2/redis'], '"dc2/redis" names no part: say dc2, or dc2/ and one of postgres'],
  [['kill', 'dc2', 'dc3'], 'too many arguments'],
  [['reset', '--yess'], "unknown option '--yess'"],
  [['run', '--parts=redis'], 'must be some of postgres,kafka'],
  [['run', '--parts=kafka,kafka'], 'must be some of postgres,kafka'],
  [['run', 'postgres'], 'too many arguments'],
])('%j is refused with words and the exit code 1', async (args, words) => {
  expect(await cluster(...args)).toBe(1);
  expect(complained.join('\n')).toContain(words);
  expect(printed).toEqual([]);
});

test.each([[['--help']], [['stop', '--help']], [['help', 'reset']]])('%j helps', async (args) => {
  expect(await cluster(...args)).toBe(0);
  expect(printed.join('\n')).toContain('Usage: npm run cluster -- ');
  expect(complained).toEqual([]);
});

test('what npm start may be told is told as of npm start', async () => {
  expect(await cluster('run', '--help')).toBe(0);
  expect(printed.join('\n')).toMatch(/^Usage: npm start -- .*--parts <kinds>.*--tls/s);
});

test('where nothing runs, what to do is said', async () => {
  const nothing = `no cluster is running in ${home}`;
  expect(await cluster('stop', 'dc2')).toBe(1);
  expect(complained).toEqual([`${nothing}: npm start`]);
  expect(await cluster('down')).toBe(0);
  expect(printed).toEqual([nothing]);
});
