import { spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ClusterError } from './cluster-error.js';
import { lastLines } from './log-file.js';

export interface PipelineInput {
  readonly cloneFolder: string;
  /** nodeId → host:port as seen from here. */
  readonly nodes: readonly (readonly [number, string])[];
  /** The same as the nodes see each other: a test may put a proxy between them. */
  readonly peerNodes: readonly (readonly [number, string])[];
  readonly database: string;
  readonly superuser: string;
  readonly secretsFolder: string;
  readonly postgresBinFolder: string;
  readonly sampleData: boolean;
  readonly nodeEnvironment: string;
  readonly logFile: string;
  readonly log: (line: string) => void;
}

function nodeList(nodes: PipelineInput['nodes']): string {
  return nodes.map(([nodeId, address]) => `${nodeId}=${address}`).join(' ');
}

/** Runs `sql/run_sql.sh` on all nodes; its lines go to the log and to the file. */
export async function runSqlPipeline(input: PipelineInput): Promise<void> {
  const child = spawn('bash', [join(input.cloneFolder, 'sql', 'run_sql.sh')], {
    cwd: input.cloneFolder,
    env: {
      PATH: `${input.postgresBinFolder}:${process.env['PATH'] ?? '/usr/bin:/bin'}`,
      LANG: 'C.UTF-8',
      NODE_ENV: input.nodeEnvironment,
      BILLING_NODES: nodeList(input.nodes),
      BILLING_PEER_NODES: nodeList(input.peerNodes),
      BILLING_DATABASE: input.database,
      BILLING_SECRETS_DIR: input.secretsFolder,
      BILLING_SAMPLE_DATA: input.sampleData ? '1' : '0',
      PGUSER: input.superuser,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const file = createWriteStream(input.logFile, { flags: 'a' });
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      file.write(`${line}\n`);
      input.log(line);
    });
  }
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  await new Promise<void>((resolve) => file.end(() => resolve()));
  if (code === 0) return;
  throw new ClusterError(
    'PIPELINE_FAILED',
    `sql/run_sql.sh failed (code ${code}); the end of ${input.logFile}:\n${lastLines(input.logFile, 15)}`,
  );
}
