import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { main, parseOptions } from './main.js';

test('options are read, and the file of the repository is the default', () => {
  expect(parseOptions(['--datacenters', 'dc1,dc3', '--limit', '10', '--rate', '5'])).toEqual({
    file: expect.stringMatching(/examples\/data\/czech-bank-1993\.csv$/),
    home: undefined,
    datacenterNames: ['dc1', 'dc3'],
    limit: 10,
    ratePerSecond: 5,
  });
  expect(parseOptions(['x.csv', '--home', '/h'])).toMatchObject({ file: 'x.csv', home: '/h' });
});

describe('the exit code', () => {
  const said: string[] = [];
  beforeEach(() => {
    said.length = 0;
    jest.spyOn(console, 'error').mockImplementation((line) => void said.push(String(line)));
  });
  afterEach(() => jest.restoreAllMocks());

  test.each([[['--limit', '0']], [['--rate=fast']], [['--home']], [['a', 'b']], [['--wrong']]])(
    'of %j is 2',
    async (args) => {
      expect(await main(args)).toBe(2);
      expect(said.join()).not.toBe('');
    },
  );

  test('of --help is 0', async () => {
    const print = jest.spyOn(console, 'log').mockImplementation(() => undefined);
    expect(await main(['--help'])).toBe(0);
    expect(print.mock.calls.join()).toMatch(/^Usage: npm run demo -- .*Exit code: 0 all equal/s);
    expect(said).toEqual([]);
  });

  test('is 3 when no cluster runs, and what to do is said', async () => {
    const home = mkdtempSync(join(tmpdir(), 'billing-demo-'));
    try {
      expect(await main(['--home', home])).toBe(3);
      expect(said).toEqual([
        `no cluster is running in ${home}: npm start, or say where it runs: --home <folder> or BILLING_HOME`,
      ]);
    } finally {
      rmSync(home, { recursive: true });
    }
  });
});
