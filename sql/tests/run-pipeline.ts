import { dirname, join } from 'node:path';
import type { Cluster, ProgramRun } from '@billing/cluster';
import { testsFolder } from './psql.js';

const timeoutMs = 120_000;

/** `1=host:port 2=host:port` of some nodes of a cluster. */
export function nodeList(cluster: Cluster, nodeIds: readonly number[]): string {
  return nodeIds
    .map((nodeId) => `${nodeId}=${cluster.topology.host}:${cluster.ports(nodeId).postgres}`)
    .join(' ');
}

/** sql/run_sql.sh as a person runs it; `environment` wins over what a working run needs. The folder is in the clone or in the home. */
export async function runPipeline(
  cluster: Cluster,
  nodeIds: readonly number[],
  environment: Readonly<Record<string, string>> = {},
  folder = dirname(testsFolder),
  args: readonly string[] = [],
): Promise<ProgramRun> {
  return cluster.runDatabaseProgram({
    file: 'bash',
    args: [join(folder, 'run_sql.sh'), ...args],
    cwd: '/',
    env: {
      BILLING_NODES: nodeList(cluster, nodeIds),
      BILLING_SECRETS_DIR: dirname(cluster.secrets.passwordFile('admin')),
      BILLING_SAMPLE_DATA: '0',
      BILLING_SYNC_TIMEOUT_S: '30',
      PGUSER: cluster.topology.superuser,
      ...cluster.security.pipelineEnvironment,
      ...environment,
    },
    timeoutMs,
  });
}
