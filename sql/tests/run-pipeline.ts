import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import type { NativeCluster } from '@billing/cluster';
import { testsFolder } from './psql.js';

export interface PipelineRun {
  readonly code: number | null;
  readonly output: string;
}

const timeoutMs = 120_000;

/** `1=host:port 2=host:port` of some nodes of a cluster. */
export function nodeList(cluster: NativeCluster, nodeIds: readonly number[]): string {
  return nodeIds
    .map((nodeId) => `${nodeId}=${cluster.topology.host}:${cluster.ports(nodeId).postgres}`)
    .join(' ');
}

/** sql/run_sql.sh as a person runs it; `environment` wins over what a working run needs. */
export async function runPipeline(
  cluster: NativeCluster,
  nodeIds: readonly number[],
  environment: Readonly<Record<string, string>> = {},
  folder = dirname(testsFolder),
): Promise<PipelineRun> {
  const child = spawn('sh', ['-c', 'exec bash "$1" 2>&1', 'sh', join(folder, 'run_sql.sh')], {
    cwd: '/',
    env: {
      PATH: '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      BILLING_NODES: nodeList(cluster, nodeIds),
      BILLING_SECRETS_DIR: dirname(cluster.secrets.passwordFile('admin')),
      BILLING_SAMPLE_DATA: '0',
      BILLING_SYNC_TIMEOUT_S: '30',
      PGUSER: cluster.topology.superuser,
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: timeoutMs,
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}
