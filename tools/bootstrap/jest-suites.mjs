import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWhatIsLeft } from './left-behind.mjs';

const clusterFolders = ['cluster', 'compose', 'console'];
const roots = clusterFolders.map((name) => `--roots=<rootDir>/tests/${name}`);

// These wait for a browser, a timer or a person's command more than they work: two of them fit on two cores.
const waiting = [
  'console/',
  'cluster/audit/',
  'cluster/command-line/cli',
  'cluster/gateway/gateway-reads',
  'cluster/letters/',
  'cluster/outages/positions',
  'cluster/outages/repeated-',
  'cluster/pay-ins/compression',
];

/**
 * The suites of tests/cluster, tests/compose and tests/console start up to three datacenters each: one at a
 * time is all that two cores bear, but for those that wait. All others share the cores, two at a time.
 */
export function passesOn(engine) {
  const otherEngine = engine === 'docker' ? 'native' : 'docker';
  return [
    [
      '--maxWorkers=2',
      '--testPathIgnorePatterns=/node_modules/',
      `--testPathIgnorePatterns=/tests/(${clusterFolders.join('|')})/`,
    ],
    [
      '--maxWorkers=2',
      ...roots,
      ...waiting.map((name) => `--testMatch=**/tests/${name}*.spec.ts`),
      // As in jest.config.mjs, whose testMatch these replace.
      `--testMatch=!**/*.${otherEngine}.spec.ts`,
    ],
    [
      '--runInBand',
      ...roots,
      '--testPathIgnorePatterns=/node_modules/',
      ...waiting.map((name) => `--testPathIgnorePatterns=/tests/${name}`),
    ],
  ];
}

/**
 * What runs once more, over TLS (CONTRIBUTING.md, _Plain text or TLS_): few suites that have every kind of
 * connection between them. The whole of tests/cluster runs so by hand.
 */
export function passesOverTls() {
  return [['--runInBand', ...roots, '--testMatch=**/tests/cluster/gateway/gateway.spec.ts']];
}

const exitLimitMs = 10_000;

/** Jest's own results of one pass; a run that left none, or died after them, is one failure. */
export function countResults(file, exitCode) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  if (existsSync(file)) {
    const results = JSON.parse(readFileSync(file, 'utf8'));
    counts.passed = results.numPassedTests;
    // A suite that did not load has no failed test in it, and is a failure all the same.
    counts.failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    counts.skipped = results.numPendingTests + results.numTodoTests;
  }
  const leftNothing = !existsSync(file);
  if ((exitCode !== 0 || leftNothing) && counts.failed === 0) counts.failed = 1;
  return counts;
}

/** Jest waits for what a suite left open, for ever; its results are there by then. */
function endWhenOverdue(child, resultsFile) {
  let resultsSinceMs;
  const timer = setInterval(() => {
    if (resultsSinceMs === undefined && existsSync(resultsFile)) resultsSinceMs = Date.now();
    if (resultsSinceMs === undefined || Date.now() - resultsSinceMs < exitLimitMs) return;
    console.error(`Jest did not end ${exitLimitMs / 1000} s after its results: a suite leaks`);
    child.kill('SIGKILL');
  }, 500);
  child.once('close', () => clearInterval(timer));
}

function runJest(clone, args, resultsFile, { folder, engine, transport }) {
  const jest = join(clone, 'node_modules/jest/bin/jest.js');
  const node = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const child = spawn(process.execPath, [...node, jest, ...args], {
    cwd: clone,
    stdio: 'inherit',
    env: { ...process.env, TMPDIR: folder, TEST_ENGINE: engine, TEST_TRANSPORT: transport },
  });
  endWhenOverdue(child, resultsFile);
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, forward);
  // Ctrl-C reaches Jest by itself, through the terminal; we only stay to say how it ended.
  const stay = () => undefined;
  process.on('SIGINT', stay);
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => {
      for (const signal of ['SIGTERM', 'SIGHUP']) process.off(signal, forward);
      process.off('SIGINT', stay);
      resolve(code ?? 1);
    });
  });
}

export function closingLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/** Runs all passes on an engine, prints the one closing line, and returns the exit code. */
export async function runTests(clone, jestArgs, engine) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const folder = mkdtempSync(join(tmpdir(), 'billing-'));
  // PostgreSQL's user must get through to the homes that suites make in it.
  chmodSync(folder, 0o755);
  // Jest keeps what it has compiled in the clone, not in a folder that goes with the run.
  const cache = join(clone, 'node_modules/.cache/jest');
  try {
    const usual = process.env.TEST_TRANSPORT ?? 'plain';
    const passes = [
      ...passesOn(engine).map((pass) => ({ pass, transport: usual })),
      ...passesOverTls().map((pass) => ({ pass, transport: 'tls' })),
    ];
    for (const [index, { pass, transport }] of passes.entries()) {
      const file = join(folder, `${index}.json`);
      const own = [...pass, '--passWithNoTests', `--cacheDirectory=${cache}`];
      own.push('--json', `--outputFile=${file}`);
      const exitCode = await runJest(clone, [...own, ...jestArgs], file, {
        folder,
        engine,
        transport,
      });
      const counts = countResults(file, exitCode);
      for (const name of Object.keys(total)) total[name] += counts[name];
      total.failed += endWhatIsLeft(folder, engine);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const ran = total.passed + total.failed;
  if (ran === 0) console.error('no test ran');
  console.log(closingLine(total));
  return ran > 0 && total.failed === 0 ? 0 : 1;
}
