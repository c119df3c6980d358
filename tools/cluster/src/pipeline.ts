import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { ClusterError, diskFull } from './cluster-error.js';
import { lastLines } from './log-file.js';
import type { Program, ProgramRun } from './program.js';

// The script bounds its own waits; this ends what they do not.
const pipelineTimeoutMs = 15 * 60_000;

export type PeerAddress = (fromNodeId: number, toNodeId: number) => string | undefined;

export interface PipelineInput {
  readonly cloneFolder: string;
  /** nodeId → host:port as seen from here. */
  readonly nodes: readonly (readonly [number, string])[];
  /** How one node reaches another: a test may put a proxy between them. */
  readonly peerAddress: PeerAddress;
  /** Ends the script, with all that it started. */
  readonly signal: AbortSignal;
  readonly database: string;
  readonly superuser: string;
  readonly secretsFolder: string;
  readonly runProgram: (program: Program) => Promise<ProgramRun>;
  /** How the script comes to the nodes, and they to each other, if not in plain text. */
  readonly links: Readonly<Record<string, string>>;
  readonly sampleData: boolean;
  readonly nodeEnvironment: string;
  readonly logFile: string;
  readonly log: (line: string) => void;
}

function nodeList(nodes: PipelineInput['nodes']): string {
  return nodes.map(([nodeId, address]) => `${nodeId}=${address}`).join(' ');
}

/** Each node's own view of the others, under a name of its own. */
function peerViews({ nodes, peerAddress }: PipelineInput): Record<string, string> {
  return Object.fromEntries(
    nodes.map(([from]) => [
      `BILLING_PEER_NODES_${from}`,
      nodeList(nodes.map(([to, address]) => [to, peerAddress(from, to) ?? address])),
    ]),
  );
}

/** Runs `sql/run_sql.sh` on all nodes; its lines go to the log and to the file. */
export async function runSqlPipeline(input: PipelineInput): Promise<void> {
  const said = new PassThrough();
  const file = createWriteStream(input.logFile, { flags: 'a' });
  const lines = createInterface({ input: said }).on('line', (line) => {
    file.write(`${line}\n`);
    input.log(line);
  });
  const { code } = await input.runProgram({
    file: 'bash',
    args: [join(input.cloneFolder, 'sql', 'run_sql.sh')],
    cwd: input.cloneFolder,
    env: {
      NODE_ENV: input.nodeEnvironment,
      BILLING_NODES: nodeList(input.nodes),
      ...peerViews(input),
      BILLING_DATABASE: input.database,
      BILLING_SECRETS_DIR: input.secretsFolder,
      BILLING_SAMPLE_DATA: input.sampleData ? '1' : '0',
      PGUSER: input.superuser,
      ...input.links,
    },
    timeoutMs: pipelineTimeoutMs,
    signal: input.signal,
    onOutput: (chunk) => said.write(chunk),
  });
  said.end();
  await once(lines, 'close');
  await new Promise<void>((resolve) => file.end(() => resolve()));
  if (code === 0) return;
  const full = diskFull(lastLines(input.logFile, 15), 'sql/run_sql.sh');
  if (full) throw full;
  throw new ClusterError(
    'PIPELINE_FAILED',
    `sql/run_sql.sh failed (code ${code}); the end of ${input.logFile}:\n${lastLines(input.logFile, 15)}`,
  );
}
