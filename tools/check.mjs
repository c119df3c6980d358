#!/usr/bin/env node
// Everything that can be said of the code without running it: format, types of specs, lint with module
// boundaries, and canaries that prove the rules awake. Run by `npm run check` and by CI.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };

const BOUNDARIES = '@nx/enforce-module-boundaries';

/** What is forbidden, one a rule of eslint.config.mjs; each must be refused by the rule's name. */
const canaries = [
  [
    'apps/coordinator/src/boundary-canary.ts',
    "import { PayInProducer } from '@billing/kafka';\nexport const canary = PayInProducer;\n",
    BOUNDARIES,
  ],
  [
    'apps/gateway/src/boundary-canary.ts',
    "import pg from 'pg';\nexport const canary = pg;\n",
    BOUNDARIES,
  ],
  [
    'apps/coordinator/src/metrics-canary.ts',
    "import prometheus from 'prom-client';\nexport const canary = prometheus;\n",
    BOUNDARIES,
  ],
  [
    'apps/console/src/boundary-canary.ts',
    "import { formatAmount } from '@billing/money';\nexport const canary = formatAmount;\n",
    BOUNDARIES,
  ],
  [
    'libs/money/src/boundary-canary.ts',
    "import { Database } from '@billing/database';\nexport const canary = Database;\n",
    BOUNDARIES,
  ],
  [
    'apps/console/src/expression-canary.ts',
    'export const canary = /\\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/g;\n',
    'regexp/no-super-linear-backtracking',
  ],
  [
    'tests/cluster/expression-canary.ts',
    "export const canary = (text: string): string => text.replace(/ +$/, '');\n",
    'regexp/no-super-linear-move',
  ],
  // Known to the table of failures, and only like one.
  [
    'apps/gateway/src/failure-canary.ts',
    "export const isOutage = (code: string): boolean => code === '25006';\n",
    'failure-code',
  ],
  [
    'tools/cli/src/failure-canary.ts',
    'export const isTaken = (code: string): boolean => code === `42P99`;\n',
    'failure-code',
  ],
];

const CHECK_CONTRACT = ['tools/generate-contract.mjs', '--check'];

let failed = 0;

function run(title, command, args, { expectFailure } = {}) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, {
    env,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const output = `${stdout}${stderr}`;
  const ok = expectFailure ? status !== 0 && output.includes(expectFailure) : status === 0;
  console.log(
    `${ok ? 'ok  ' : 'FAIL'} ${title} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
  );
  if (!ok) {
    failed += 1;
    console.log(output.trim());
  }
}

function checkCanaries() {
  for (const [file, text, rule] of canaries) {
    if (existsSync(file)) throw new Error(`${file} exists: remove it`);
    writeFileSync(file, text);
    try {
      run(`refused: ${text.split('\n')[0]} in ${file}`, 'npx', ['eslint', file], {
        expectFailure: rule,
      });
    } finally {
      rmSync(file);
    }
  }
}

/** A proto that was changed alone must be noticed, by the file that no longer fits. */
function checkContractCanary() {
  const copy = mkdtempSync(join(tmpdir(), 'billing-contract-'));
  try {
    cpSync('libs/contracts/proto', join(copy, 'proto'), { recursive: true });
    cpSync('libs/contracts/src/generated', join(copy, 'src/generated'), { recursive: true });
    const proto = join(copy, 'proto/billing/v1/billing.proto');
    const renamed = readFileSync(proto, 'utf8').replace('string pay_out_id = 1;', 'string id = 1;');
    writeFileSync(proto, renamed);
    run('refused: a field renamed in billing.proto alone', 'node', [...CHECK_CONTRACT, copy], {
      expectFailure: 'differs: billing/v1/PayOut.ts',
    });
  } finally {
    rmSync(copy, { recursive: true });
  }
}

run('build', 'npx', ['nx', 'run-many', '-t', 'build']);
run('format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']);
run('the contract is generated', 'node', CHECK_CONTRACT);
run('types of specs', 'npx', ['tsc', '-p', 'tsconfig.spec.json']);
run('lint', 'npx', ['nx', 'run-many', '-t', 'lint']);
const lintedTests = ['cluster', 'compose', 'console', 'monitoring'].map((name) => `tests/${name}`);
lintedTests.push(
  'sql/tests',
  'examples',
  'tools/bootstrap',
  'tools/bootstrap.mjs',
  'tools/check.mjs',
  'tools/generate-contract.mjs',
);
run('lint of tests', 'npx', ['eslint', '--max-warnings', '0', ...lintedTests]);
checkCanaries();
checkContractCanary();

console.log(failed === 0 ? 'all checks passed' : `${failed} check(s) failed`);
process.exit(failed === 0 ? 0 : 1);
