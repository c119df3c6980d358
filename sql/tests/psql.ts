import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NativeCluster } from '@billing/cluster';

export const testsFolder = dirname(fileURLToPath(import.meta.url));

export interface PsqlRun {
  readonly code: number | null;
  /** What psql said on both channels, in order. */
  readonly output: string;
}

const timeoutMs = 60_000;

/** psql as one would use it: the script on its standard input, both channels in one. */
export async function psql(
  cluster: NativeCluster,
  nodeId: number,
  script: string,
  options: { readonly role?: string; readonly args?: readonly string[] } = {},
): Promise<PsqlRun> {
  const role = options.role ?? cluster.topology.superuser;
  const child = spawn('sh', ['-c', 'exec psql "$@" 2>&1', 'psql', '-X', ...(options.args ?? [])], {
    cwd: testsFolder,
    env: {
      PATH: '/usr/bin:/bin',
      LANG: 'C.UTF-8',
      PGHOST: cluster.topology.host,
      PGPORT: String(cluster.ports(nodeId).postgres),
      PGDATABASE: cluster.topology.database,
      PGUSER: role,
      PGPASSWORD: cluster.secrets.password(role),
      PGCONNECT_TIMEOUT: '10',
    },
    stdio: ['pipe', 'pipe', 'ignore'],
    timeout: timeoutMs,
  });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stdin.on('error', () => undefined); // psql that stops at an error reads no further
  child.stdin.end(script);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, output: Buffer.concat(chunks).toString('utf8') };
}

/** Result of one statement, unaligned, without headers: `a|b` a line. Fails when the statement does. */
export async function ask(
  cluster: NativeCluster,
  nodeId: number,
  sql: string,
  role?: string,
): Promise<string> {
  const run = await psql(cluster, nodeId, `${sql}\n`, {
    args: ['-qAt', '-v', 'ON_ERROR_STOP=1'],
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
