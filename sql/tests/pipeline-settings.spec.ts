import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { startCluster, type Cluster } from '@billing/cluster';
import { ask, testsFolder } from './psql.js';
import { nodeList, runPipeline } from './run-pipeline.js';

// What run_sql.sh is told wrongly. Of two nodes, the second is for what begins to be set up.
const first = [1];
let cluster: Cluster;
let temporary: string;

const timeoutMs = 120_000;
const fact = (name: string, prove: () => Promise<void>): void => test(name, prove, timeoutMs);

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 2,
    members: ['postgres'],
    pipeline: false,
    postgres: { fsync: false },
  });
  // In the home, where psql sees it on both engines.
  temporary = mkdtempSync(join(cluster.home, 'sql-'));
}, timeoutMs);

afterAll(async () => {
  await cluster?.destroy();
}, 60_000);

describe('what is wrong with the environment stops the run before anything is set up, and is named', () => {
  fact('no nodes, no passwords, a node that is written wrongly', async () => {
    expect(await runPipeline(cluster, first, { BILLING_NODES: '' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('BILLING_NODES is empty'),
    });
    expect(await runPipeline(cluster, first, { BILLING_SECRETS_DIR: temporary })).toMatchObject({
      code: 1,
      output: expect.stringContaining(`${temporary}/billing_gateway.password is missing`),
    });
    const nowhere = join(temporary, 'nowhere');
    expect(await runPipeline(cluster, first, { BILLING_SECRETS_DIR: nowhere })).toMatchObject({
      code: 1,
      output: expect.stringMatching(/there is no folder ".*nowhere"[\s\S]*--help/),
    });
    expect(await runPipeline(cluster, first, { BILLING_NODES: '1=here' })).toMatchObject({
      code: 1,
      output: expect.stringContaining('"1=here" is not <id>=<host>:<port>'),
    });
  });

  fact('what can be told is said on request, and with an argument that is none', async () => {
    const asked = await runPipeline(cluster, first, {}, undefined, ['--help']);
    expect(asked).toMatchObject({ code: 0, output: expect.stringContaining('BILLING_NODES ') });
    expect(asked.output).toMatch(/^Sets up, or brings up to date/);
    expect(asked.output).not.toContain('pipefail');
    const mistaken = await runPipeline(cluster, first, {}, undefined, ['stage1']);
    expect(mistaken).toMatchObject({ code: 1 });
    expect(mistaken.output).toMatch(/^run_sql.sh: unknown argument "stage1"[\s\S]*BILLING_NODES /);
  });

  fact('a node that does not answer', async () => {
    const run = await runPipeline(cluster, first, {
      BILLING_NODES: `${nodeList(cluster, [1])} 2=127.0.0.1:1`,
    });
    expect(run.code).toBe(1);
    expect(run.output).toMatch(/^stage1 node 2: .*Connection refused/m);
    expect(run.output).toContain('stage1 failed on node(s) 2;');
    expect(run.output).not.toContain('stage2');
  });

  fact('an error in a file, with file, line and node', async () => {
    const copy = join(temporary, 'sql');
    cpSync(dirname(testsFolder), copy, { recursive: true });
    writeFileSync(join(copy, 'stage1/all/00_broken.sql'), 'select 1;\nselect no_such_column;\n');
    const run = await runPipeline(cluster, [1], {}, copy);
    expect(run.code).toBe(1);
    expect(run.output).toMatch(
      /stage1 node 1: psql:stage1\/all\/00_broken\.sql:2: ERROR: {2}column "no_such_column"/,
    );
  });

  fact('production with the development key', async () => {
    const run = await runPipeline(cluster, [2], { NODE_ENV: 'production' });
    expect(run.code).toBe(1);
    expect(run.output).toMatch(/02_get_encryption_key\.sql.*the development key of pgcrypto_key/);
    const key = readFileSync(join(dirname(testsFolder), '../pgcrypto_key.txt'), 'utf8').trim();
    expect(await ask(cluster, 2, 'select get_encryption_key()')).toBe(key);
  });

  fact('production with a development password', async () => {
    const secrets = join(temporary, 'known-secrets');
    cpSync(dirname(cluster.secrets.passwordFile('admin')), secrets, { recursive: true });
    const file = join(secrets, 'billing_coordinator.password');
    writeFileSync(file, 'development-password-never-for-production-billing_coordinator\n');
    const environment = { NODE_ENV: 'production', BILLING_SECRETS_DIR: secrets };
    const run = await runPipeline(cluster, [2], environment);
    expect(run.code).toBe(1);
    expect(run.output).toContain(`${file} is a development password`);
    expect(run.output).not.toContain('-billing_coordinator\n');
  });
});
