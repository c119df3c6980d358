/**
 * How long datacenters take to start in a home that was used before, and each app in it: until its first line of
 * log, until it is ready, its processor time. With --spin other processes use up the cores beside them.
 *
 *   npm run bench:start [-- --help]
 */
import { fork } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { appKinds, parseCount, toTheRight, type AppKind, type Cluster } from '@billing/cluster';
import { createBenchCommand } from './bench-command.js';
import { withCluster } from './bench-cluster.js';
import { printTable } from './report/figures.js';

interface AppStart {
  readonly kind: AppKind;
  /** Since its process began, as it says itself. */
  readonly firstLineMs: number;
  readonly readyMs: number;
  readonly processorMs: number;
}

interface Start {
  readonly wallMs: number;
  readonly appsMs: number;
  readonly apps: readonly AppStart[];
}

const SPIN = 'spin';
if (process.argv[2] === SPIN) for (;;);

const options = createBenchCommand('bench:start')
  .description('Datacenters and their apps, from their start until they are ready')
  .option('--rounds <number>', 'starts of all', parseCount, 3)
  .option('--spin <number>', 'processes that use up a core each beside them', Number, 0)
  .parse()
  .opts<{ rounds: number; spin: number }>();

const home = mkdtempSync(join(tmpdir(), 'geo-billing-start-'));
// PostgreSQL may run as a user of its own.
chmodSync(home, 0o711);
const starts: Start[] = [];
try {
  await startOnce();
  for (let round = 0; round < options.rounds; round += 1) starts.push(await startOnce());
  print();
} finally {
  rmSync(home, { recursive: true, force: true });
}

async function startOnce(): Promise<Start> {
  const spinners = Array.from({ length: options.spin }, () => fork(import.meta.filename, [SPIN]));
  try {
    const beganMs = performance.now();
    let appsMs = Number.NaN;
    let start: Start | undefined;
    const log = (line: string): void => {
      appsMs = Number(/^apps: ([\d.]+) s$/.exec(line)?.[1] ?? appsMs / 1_000) * 1_000;
    };
    const settings = { home, kafkaUsers: true, sampleData: true, log };
    const logEnds = sizesOfLogs();
    await withCluster(settings, (cluster) => {
      start = { wallMs: performance.now() - beganMs, appsMs, apps: readStarts(cluster, logEnds) };
      return Promise.resolve();
    });
    return start!;
  } finally {
    for (const spinner of spinners) spinner.kill();
  }
}

function sizesOfLogs(): Map<string, number> {
  const folder = join(home, 'logs');
  const files = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return new Map(files.map((file) => [file, statSync(file).size]));
}

function readStarts(cluster: Cluster, logEnds: ReadonlyMap<string, number>): AppStart[] {
  return appKinds.flatMap((kind) =>
    cluster.nodeIds.map((nodeId) => {
      const file = cluster.memberLogFile(kind, nodeId);
      const said = readFileSync(file).subarray(logEnds.get(file) ?? 0);
      const lines = said.toString().split('\n').filter(Boolean).map(parseLine);
      return {
        kind,
        firstLineMs: lines[0]?.startMs ?? Number.NaN,
        readyMs: cluster.memberStatus(kind, nodeId).readyAfterMs ?? Number.NaN,
        processorMs: Math.max(...lines.map(({ startCpuMs }) => startCpuMs ?? 0)),
      };
    }),
  );
}

function parseLine(line: string): { startMs?: number; startCpuMs?: number } {
  try {
    return JSON.parse(line) as object;
  } catch {
    return {};
  }
}

function print(): void {
  const rows = [
    ...appKinds.map((kind) => {
      const apps = starts.flatMap((start) => start.apps.filter((app) => app.kind === kind));
      return [
        kind,
        medianAndMax(apps.map(({ firstLineMs }) => firstLineMs)),
        medianAndMax(apps.map(({ readyMs }) => readyMs)),
        medianAndMax(apps.map(({ processorMs }) => processorMs)),
      ];
    }),
    ['all apps', '', medianAndMax(starts.map(({ appsMs }) => appsMs)), ''],
    ['all members', '', medianAndMax(starts.map(({ wallMs }) => wallMs)), ''],
  ];
  const times = ['first line', 'ready', 'processor time'].map((what) =>
    toTheRight(`${what}, median / longest (s)`),
  );
  printTable(['what', ...times], rows);
}

function medianAndMax(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const seconds = (ms: number | undefined): string => ((ms ?? Number.NaN) / 1_000).toFixed(2);
  return `${seconds(sorted[Math.floor(sorted.length / 2)])} / ${seconds(sorted.at(-1))}`;
}
