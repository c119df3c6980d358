import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cluster } from '@billing/cluster';
import { startCluster } from '@billing/testing';

// docs/walkthrough.md as a newcomer goes through it: each command, in one shell, and what it prints.
const clone = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(clone, 'docs/walkthrough.md'), 'utf8');

interface Step {
  readonly command: string;
  readonly expected: readonly string[];
}

function stepsOf(text: string): Step[] {
  const steps: Step[] = [];
  for (const [, block = ''] of text.matchAll(/```console\n([\s\S]*?)```/g)) {
    for (const line of block.trimEnd().split('\n')) {
      if (line.startsWith('$ ')) steps.push({ command: line.slice(2), expected: [] });
      else (steps.at(-1)!.expected as string[]).push(line);
    }
  }
  return steps;
}

/** A line in which `…` stands for anything, and spaces for some. */
function toPattern(line: string): string {
  return line
    .replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
    .replaceAll('…', '.*')
    .replaceAll(/ +/g, ' +');
}

const steps = stepsOf(page);
let cluster: Cluster;
let folder: string;
let outputs: string[];

async function walk(): Promise<string> {
  const inHome = ({ command }: Step): string =>
    command.replaceAll('charge.json', join(folder, 'charge.json'));
  const script = steps.map((step) => `printf '\\n@@@\\n'; { ${inHome(step)}; } 2>&1`).join('\n');
  const child = spawn('bash', ['-c', script], {
    cwd: clone,
    env: { ...process.env, BILLING_HOME: cluster.home },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await new Promise((resolve) => child.once('close', resolve));
  return output;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'billing-walk-'));
  cluster = await startCluster({ postgres: { fsync: false } });
  outputs = (await walk()).split('\n@@@\n').slice(1);
}, 300_000);

afterAll(async () => {
  await cluster?.destroy();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test('has commands, each of which was run', () => {
  expect(steps.length).toBeGreaterThan(5);
  expect(outputs).toHaveLength(steps.length);
});

test.each(steps.map(({ command, expected }, index) => [command, expected, index] as const))(
  '%s',
  (_, expected, index) => {
    const pattern = new RegExp(`^${expected.map(toPattern).join('\n')}$`);
    expect(outputs[index]!.trimEnd()).toMatch(pattern);
  },
);
