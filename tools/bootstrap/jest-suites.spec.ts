import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { closingLine, countResults, passesOn, passesOverTls } from './jest-suites.mjs';
import { processesOf } from './left-behind.mjs';

describe('the closing line of npm test', () => {
  const folder = mkdtempSync(join(tmpdir(), 'geo-billing-counts-'));
  const file = join(folder, 'results.json');
  const results = {
    numPassedTests: 7,
    numFailedTests: 0,
    numRuntimeErrorTestSuites: 0,
    numPendingTests: 0,
    numTodoTests: 0,
  };
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function count(change: Partial<typeof results>, exitCode: number): object {
    writeFileSync(file, JSON.stringify({ ...results, ...change }));
    return countResults(file, exitCode);
  }

  test('counts what passed and what failed', () => {
    expect(count({}, 0)).toEqual({ passed: 7, failed: 0, skipped: 0 });
    expect(count({ numFailedTests: 2 }, 1)).toMatchObject({ passed: 7, failed: 2 });
  });

  test('counts a suite that did not load as a failure', () => {
    expect(count({ numRuntimeErrorTestSuites: 1 }, 1)).toMatchObject({ failed: 1 });
  });

  test('counts a run that failed for another reason, or left no results, as a failure', () => {
    expect(count({}, 1)).toMatchObject({ passed: 7, failed: 1 });
    expect(countResults(join(folder, 'none.json'), 1)).toMatchObject({ passed: 0, failed: 1 });
    expect(countResults(join(folder, 'none.json'), 0)).toMatchObject({ passed: 0, failed: 1 });
  });

  test('reads like that of any test runner', () => {
    expect(closingLine({ passed: 7, failed: 1, skipped: 0 })).toBe('7 passed, 1 failed');
    expect(closingLine({ passed: 7, failed: 0, skipped: 2 })).toBe('7 passed, 0 failed, 2 skipped');
  });

  test('counts on finding what a suite left running, by where it works', async () => {
    const left = spawn('sleep', ['60'], { cwd: folder });
    await once(left, 'spawn');
    expect(processesOf(folder)).toEqual([{ pid: left.pid, command: 'sleep 60' }]);
    left.kill();
    await once(left, 'exit');
    expect(processesOf(folder)).toEqual([]);
  });
});

describe('the passes of npm test', () => {
  const clone = fileURLToPath(new URL('../..', import.meta.url));

  function listSuites(engine: string, args: readonly string[]): string[] {
    const jest = join(clone, 'node_modules/jest/bin/jest.js');
    const { stdout } = spawnSync(
      process.execPath,
      ['--experimental-vm-modules', jest, '--listTests', ...args],
      { cwd: clone, env: { ...process.env, TEST_ENGINE: engine }, encoding: 'utf8' },
    );
    return stdout.split('\n').filter((line) => line.endsWith('.spec.ts'));
  }

  test.each(['native', 'docker'])(
    'run each suite of the engine %s once',
    (engine) => {
      const all = listSuites(engine, []);
      expect(all.length).toBeGreaterThan(100);
      expect(all.filter((suite) => suite.includes('/tests/console/')).length).toBeGreaterThan(2);
      const passes = passesOn(engine).map((args) => listSuites(engine, args));
      for (const suites of passes) expect(suites.length).toBeGreaterThan(5);
      expect(passes.flat().sort()).toEqual(all.sort());
    },
    60_000,
  );

  test.each(['native', 'docker'])('run some of the engine %s over TLS too', (engine) => {
    const [suites] = passesOverTls().map((args) => listSuites(engine, args));
    expect(suites).toEqual([join(clone, 'tests/cluster/gateway/gateway.spec.ts')]);
  });
});
