import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster, ProgramRun } from '@billing/cluster';

export const testsFolder = dirname(fileURLToPath(import.meta.url));

const TIMEOUT_MS = 60_000;

export interface PsqlOptions {
  readonly role?: string;
  readonly args?: readonly string[];
  /** How long it may run. Default one minute. */
  readonly timeoutMs?: number;
  /** False: the answer alone, without what functions say at each success. */
  readonly notices?: boolean;
}

/** psql as one would use it: the script on its standard input, both channels in one. */
export async function psql(
  cluster: Cluster,
  nodeId: number,
  script: string,
  options: PsqlOptions = {},
): Promise<ProgramRun> {
  const role = options.role ?? cluster.topology.superuser;
  return cluster.runDatabaseProgram({
    file: 'psql',
    args: ['-X', ...(options.args ?? [])],
    cwd: testsFolder,
    env: {
      PGHOST: cluster.topology.host,
      PGPORT: String(cluster.ports(nodeId).postgres),
      PGDATABASE: cluster.topology.database,
      PGUSER: role,
      PGPASSWORD: cluster.secrets.password(role),
      PGCONNECT_TIMEOUT: '10',
      ...(options.notices === false && { PGOPTIONS: '-c client_min_messages=warning' }),
    },
    input: script,
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS,
  });
}

/** Result of one statement, unaligned, without headers: `a|b` a line. Fails when the statement does. */
export async function ask(
  cluster: Cluster,
  nodeId: number,
  sql: string,
  role?: string,
  timeoutMs = TIMEOUT_MS,
): Promise<string> {
  const run = await psql(cluster, nodeId, `${sql}\n`, {
    args: ['-qAt', '-v', 'ON_ERROR_STOP=1'],
    notices: false,
    timeoutMs,
    ...(role !== undefined && { role }),
  });
  if (run.code !== 0) throw new Error(`${sql}: ${run.output}`);
  return run.output.trim();
}

/** Asks again until the answer is the wanted one; the last answer when time is up. */
export async function eventually(
  question: () => Promise<string>,
  wanted: string,
  withinMs = 15_000,
): Promise<string> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await question().catch((error: unknown) => String(error));
    if (answer === wanted || Date.now() > deadline) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
