#!/usr/bin/env node
// Everything that can be said of the code without running it: format, types of specs, lint with module
// boundaries, and canaries that prove the rules awake. Run by `npm run check` and by CI.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true' };

const BOUNDARIES = '@nx/enforce-module-boundaries';

/** What is forbidden, by a rule of eslint.config.mjs; each must be refused by the rule's name. */
const canaries = [
  [
    'apps/coordinator/src/accounts/boundary-canary.ts',
    "import { PayInProducer } from '@billing/kafka';\nexport const canary = PayInProducer;\n",
    BOUNDARIES,
  ],
  [
    'apps/gateway/src/accounts/boundary-canary.ts',
    "import pg from 'pg';\nexport const canary = pg;\n",
    BOUNDARIES,
  ],
  [
    'apps/coordinator/src/accounts/metrics-canary.ts',
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
    'tests/cluster/gateway/expression-canary.ts',
    "export const canary = (text: string): string => text.replace(/ +$/, '');\n",
    'regexp/no-super-linear-move',
  ],
  [
    'apps/gateway/src/accounts/abort-canary.ts',
    'export const canary = AbortSignal.any([AbortSignal.timeout(1)]);\n',
    'abort-any',
  ],
  // Known to the table of failures, and only like one.
  [
    'apps/gateway/src/accounts/failure-canary.ts',
    "export const isOutage = (code: string): boolean => code === '25006';\n",
    'failure-code',
  ],
  ['examples/upstream-producer/name-canary.mjs', 'console.log(NOBODY);\n', 'no-undef'],
  [
    'tools/cli/src/failure-canary.ts',
    'export const isTaken = (code: string): boolean => code === `42P99`;\n',
    'failure-code',
  ],
  [
    'tools/demo/src/command-line-canary.ts',
    "import { parseArgs } from 'node:util';\nexport const canary = parseArgs;\n",
    'command-line:',
  ],
  [
    'apps/gateway/src/accounts/promise-canary.ts',
    'const work = async (): Promise<void> => undefined;\nexport function canary(): void {\n  work();\n}\n',
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'tests/cluster/gateway/promise-canary.spec.ts',
    "test('canary', () => {\n  Promise.resolve();\n});\n",
    '@typescript-eslint/no-floating-promises',
  ],
  [
    'libs/money/src/promise-canary.ts',
    'export const canary = (isDone: Promise<boolean>): number => (isDone ? 1 : 2);\n',
    '@typescript-eslint/no-misused-promises',
  ],
  [
    'libs/money/src/switch-canary.ts',
    "export function canary(state: 'open' | 'over'): void {\n  switch (state) {\n    case 'open':\n  }\n}\n",
    '@typescript-eslint/switch-exhaustiveness-check',
  ],
  [
    'apps/ledger-worker/src/there-canary.ts',
    "import { back } from './back-canary.js';\nexport const canary = (): unknown => back;\n",
    'import-x/no-cycle',
  ],
  [
    'apps/ledger-worker/src/back-canary.ts',
    "import { canary } from './there-canary.js';\nexport const back = canary;\n",
    'import-x/no-cycle',
  ],
  [
    'apps/gateway/src/http/room-canary.ts',
    "export { AccountController } from '../accounts/account.controller.js';\n",
    'room-order',
  ],
  [
    'apps/coordinator/src/grpc/room-canary.ts',
    "import type { AccountDesk } from '../accounts/account-desk.js';\nexport type Canary = AccountDesk;\n",
    'room-order',
  ],
  [
    'apps/coordinator/src/pay-outs/room-canary.ts',
    "import type { Coordinator } from '../coordinator.js';\nexport type Canary = Coordinator;\n",
    'room-order',
  ],
  [
    'tools/cluster/src/native/room-canary.ts',
    "import type { Cluster } from '../cluster.js';\nexport type Canary = Cluster;\n",
    'room-order',
  ],
  [
    'tests/cluster/gateway/transport-canary.ts',
    "import { startCluster } from '@billing/cluster';\nexport const canary = startCluster;\n",
    'transport:',
  ],
  [
    'tests/cluster/gateway/create-canary.ts',
    "import { Cluster } from '@billing/cluster';\nexport const canary = () => Cluster.create();\n",
    'transport:',
  ],
  [
    'libs/database/src/boundary-canary.ts',
    "import { Cluster } from '@billing/cluster';\nexport const canary = Cluster;\n",
    BOUNDARIES,
  ],
  [
    'libs/database/src/support-canary.ts',
    "import { eventually } from '@billing/testing';\nexport const canary = eventually;\n",
    BOUNDARIES,
  ],
];

const CHECK_CONTRACT = ['tools/generate-contract.mjs', '--check'];

let failed = 0;

async function runTool(command, args) {
  const started = performance.now();
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8').on('data', (chunk) => (said[name] += chunk));
  }
  const [status] = await once(child, 'close');
  return { ...said, status, seconds: ((performance.now() - started) / 1000).toFixed(1) };
}

function say(ok, title, output) {
  console.log(`${ok ? 'ok  ' : 'FAIL'} ${title}`);
  if (ok) return;
  failed += 1;
  console.log(output.trim());
}

async function run(title, command, args) {
  const { status, stdout, stderr, seconds } = await runTool(command, args);
  say(status === 0, `${title} (${seconds} s)`, `${stdout}${stderr}`);
}

/** Calls `look` while the files are there. */
async function whilePlanted(files, look) {
  const there = files.filter(([file]) => existsSync(file));
  if (there.length > 0) throw new Error(`remove what was left: ${there.join(', ')}`);
  try {
    for (const [file, text] of files) writeFileSync(file, text);
    await look();
  } finally {
    for (const [file] of files) rmSync(file, { force: true });
  }
}

/** One run for all of them: most of its time goes into starting, and into reading types. */
async function checkCanaries() {
  await whilePlanted(canaries, async () => {
    const files = canaries.map(([file]) => file);
    const { stdout, stderr, seconds } = await runTool('npx', [
      'eslint',
      '--format',
      'json',
      ...files,
    ]);
    if (!stdout.startsWith('[')) return say(false, 'lint of canaries', `${stdout}${stderr}`);
    const results = JSON.parse(stdout);
    for (const [file, text, rule] of canaries) {
      const { messages = [] } = results.find(({ filePath }) => filePath.endsWith(file)) ?? {};
      const told = messages.map(({ ruleId, message }) => `${ruleId}: ${message}`);
      const isRefused = told.some((line) => line.includes(rule));
      say(isRefused, `refused: ${text.split('\n')[0]} in ${file}`, `${told.join('\n')}`);
    }
    console.log(`     ${canaries.length} canaries (${seconds} s)`);
  });
}

/** A rule of the compiler: every way through a function returns. */
async function checkCompilerCanary() {
  const file = 'libs/money/src/returns-canary.ts';
  const text = 'export function canary(n: number) {\n  if (n > 0) return n;\n}\n';
  await whilePlanted([[file, text]], async () => {
    const args = ['tsc', '-p', 'libs/money', '--noEmit', '--pretty', 'false'];
    const { stdout, seconds } = await runTool('npx', args);
    const isRefused = stdout.includes(file) && stdout.includes('TS7030');
    say(isRefused, `refused: a function that returns sometimes (${seconds} s)`, stdout);
  });
}

/** A proto that was changed alone must be noticed, by the file that no longer fits. */
async function checkContractCanary() {
  const copy = mkdtempSync(join(tmpdir(), 'billing-contract-'));
  try {
    cpSync('libs/contracts/proto', join(copy, 'proto'), { recursive: true });
    cpSync('libs/contracts/src/generated', join(copy, 'src/generated'), { recursive: true });
    const proto = join(copy, 'proto/billing/v1/billing.proto');
    const renamed = readFileSync(proto, 'utf8').replace('string pay_out_id = 1;', 'string id = 1;');
    writeFileSync(proto, renamed);
    const { status, stdout, stderr, seconds } = await runTool('node', [...CHECK_CONTRACT, copy]);
    const output = `${stdout}${stderr}`;
    const isRefused = status !== 0 && output.includes('differs: billing/v1/PayOut.ts');
    say(isRefused, `refused: a field renamed in billing.proto alone (${seconds} s)`, output);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

await run('build', 'npx', ['nx', 'run-many', '-t', 'build']);
// Specs see types of all projects at once: read once for all of them, not once a project.
const specs = ['apps', 'libs', 'tools'].map((folder) => `${folder}/**/*.spec.ts`);
const lintedTests = ['tests', 'sql/tests', ...specs, 'examples', 'tools/bootstrap', 'tools/*.mjs'];
// Each of these works on one core: the longest beside the others, in turn.
await Promise.all([
  run('lint of tests', 'npx', ['eslint', '--max-warnings', '0', ...lintedTests]),
  (async () => {
    await run('format', 'npx', ['prettier', '--check', '--log-level', 'warn', '.']);
    await run('the contract is generated', 'node', CHECK_CONTRACT);
    await run('docs/openapi.json is generated', 'node', ['tools/generate-openapi.mjs', '--check']);
    await run('no client breaks', 'node', ['tools/check-api.mjs']);
    await run('types of specs', 'npx', ['tsc', '-p', 'tsconfig.spec.json']);
    await run('lint', 'npx', ['nx', 'run-many', '-t', 'lint']);
  })(),
]);
// What is planted, nobody else may see.
await checkCanaries();
await checkCompilerCanary();
await checkContractCanary();

console.log(failed === 0 ? 'all checks passed' : `${failed} check(s) failed`);
process.exit(failed === 0 ? 0 : 1);
