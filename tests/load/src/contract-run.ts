/**
 * Sends generated requests to a gateway by its own document, and judges each answer by it: no 5xx, no status, type,
 * header or body that the document does not say. Wants schemathesis (`pip install schemathesis==4.32.5`).
 *
 *   npm run test:contract [-- --help]
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseCount, type Cluster } from '@billing/cluster';
import { createBenchCommand } from './bench-command.js';
import { withCluster } from './bench-cluster.js';
import { nameAccounts, operationsOf, type OpenApi } from './contract/known-accounts.js';

const options = createBenchCommand('test:contract')
  .description(
    'Generated requests by the document of the API, one group of operations after the other',
  )
  .option('--cases <number>', 'of each group of operations', parseCount, 2_000)
  .option('--seed <number>', 'of all that is generated', parseCount, 1)
  .option('--group <name>', 'one alone, by its tag')
  .option(
    '--program <path>',
    'schemathesis; an absolute path, if it is not on PATH',
    'schemathesis',
  )
  .parse()
  .opts<{ cases: number; seed: number; group?: string; program: string }>();

/** Who asks, and what is sound then: the same for whoever may not, and for strangers. */
const callers = [
  ['of one tenant', {}],
  ['of too few scopes', { scope: 'services:read' }],
  ['of another tenant', { tenant: 'strangers' }],
] as const;

/**
 * All checks but those of calls that follow each other, and but those that ask for more than the document promises: that what
 * it allows is done (an account may lack the money), 405 before anything else, and methods of one route alone where a path
 * fits two. Of a bulk each item is judged by itself: the whole is 200.
 */
const settings = `
[checks]
allow_header_conformance.enabled = false
positive_data_acceptance.enabled = false
unsupported_method.enabled = false

[[operations]]
include-operation-id = "createPayIns"
checks.negative_data_rejection.enabled = false
`;

await withCluster({ nodeCount: 2, sampleData: true }, async (cluster) => {
  const response = await fetch(`${cluster.gatewayUrl(1)}/openapi.json`);
  const document = (await response.json()) as OpenApi;
  const groups = document.tags
    .map(({ name }) => name)
    .filter((name) => name === (options.group ?? name));
  const folder = mkdtempSync(join(tmpdir(), 'billing-contract-run-'));
  try {
    const settingsFile = join(folder, 'schemathesis.toml');
    writeFileSync(settingsFile, settings);
    for (const [who, claims] of callers) {
      const token = await cluster.signToken({ sub: 'contract', ...claims });
      for (const group of groups) {
        console.log(`${group}, ${who}`);
        const file = join(folder, 'openapi.json');
        writeFileSync(file, JSON.stringify(await nameAccounts(cluster, document)));
        const operations = operationsOf(document).filter(({ tags }) => tags.includes(group));
        const cases = Math.ceil(options.cases / operations.length);
        if (!(await runGroup(cluster, { settingsFile, file, group, token, cases })))
          process.exitCode = 1;
      }
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

interface ContractRun {
  readonly settingsFile: string;
  readonly file: string;
  readonly group: string;
  readonly token: string;
  readonly cases: number;
}

async function runGroup(cluster: Cluster, run: ContractRun): Promise<boolean> {
  const { settingsFile, file, group, token, cases } = run;
  const words = [
    ...['--config-file', settingsFile],
    ...['run', file, '--url', cluster.gatewayUrl(1)],
    ...['--header', `Authorization: Bearer ${token}`],
    ...['--include-tag', group, '--exclude-operation-id', 'watchOverview'],
    ...['--seed', String(options.seed)],
    ...['--max-examples', String(cases), '--phases', 'examples,coverage,fuzzing'],
    ...['--suppress-health-check', 'all', '--warnings', 'off', '--generation-database', 'none'],
    '--continue-on-failure',
  ];
  // It keeps what it has found beside its settings.
  const cwd = dirname(settingsFile);
  const child = spawn(options.program, words, { cwd, stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code === 0;
}
