import { chownSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { startCluster, type Cluster } from '@billing/cluster';
import { ask, psql } from './psql.js';
import { nodeList, runPipeline } from './run-pipeline.js';

// The key that DSNs are encrypted with, changed while calls go on: the one before lies beside it.
let cluster: Cluster;
let previousFile: string;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 2,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
  previousFile = `${cluster.layout.pgcryptoKeyFile}.previous`;
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

const call = 'select connect_to_node(2)';
const callSelf = `select billing.call_self('select to_jsonb(1)')`;

test('both keys open what is there, and what is written is of the new one', async () => {
  const { pgcryptoKeyFile } = cluster.layout;
  const { uid, gid } = statSync(pgcryptoKeyFile);
  const old = readFileSync(pgcryptoKeyFile);
  await cluster.replacePgcryptoKey('another key');
  expect((await psql(cluster, 1, call)).output).toContain('cannot be decrypted');
  writeFileSync(previousFile, old, { mode: 0o600 });
  chownSync(previousFile, uid, gid);
  expect(await ask(cluster, 1, call)).toBe('conn_2');
  expect(await ask(cluster, 1, callSelf)).toBe('1');
  const nodes = { BILLING_PEER_NODES: nodeList(cluster, [1, 2]) };
  expect(await runPipeline(cluster, [1, 2], nodes)).toMatchObject({ code: 0 });
  rmSync(previousFile);
  expect(await ask(cluster, 1, call)).toBe('conn_2');
  expect(await ask(cluster, 2, 'select connect_to_node(1)')).toBe('conn_1');
  expect(await ask(cluster, 1, callSelf)).toBe('1');
}, 60_000);
