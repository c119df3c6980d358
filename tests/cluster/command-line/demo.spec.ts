import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defaultRestartPolicy, type Cluster } from '@billing/cluster';
import {
  eventually,
  inLongRun,
  isLongRun,
  Ledger,
  startCluster,
  untilClean,
} from '@billing/testing';
import { command, PAY_IN_TOPIC, Upstream } from '../pay-ins/upstream.js';

// The demo program as a person runs it, on three datacenters whose members are killed under it.
const program = fileURLToPath(new URL('../../../tools/demo/bin/demo.mjs', import.meta.url));
/** By the file alone: its first year's rows up to this one, or all of them. */
const expected = inLongRun(
  {
    accounts: 591,
    payIns: [3_679n, 3_682n, 3_680n],
    total: '19,434,315.00',
    paid: 12_872,
    paidAmount: '67,685,430.30',
    refused: 19,
  },
  {
    accounts: 429,
    payIns: [1_558n, 1_550n, 1_569n],
    total: '15,214,245.20',
    paid: 3_317,
    paidAmount: '24,222,864.50',
    refused: 6,
  },
);
const rowsOfRun = isLongRun ? [] : ['--limit', '8000'];
const own = expected.payIns;
const payIns = own.reduce((sum, count) => sum + count, 0n);
const withCommas = (count: number | bigint): string => count.toLocaleString('en');
const { accounts, paid, refused } = expected;
const payOutsLine = `${withCommas(paid + refused)}: ${withCommas(paid)} paid, ${expected.paidAmount} CZK; ${refused} refused`;
let cluster: Cluster;
let ledgers: Ledger[];

beforeAll(async () => {
  cluster = await startCluster({
    postgres: { fsync: false },
    restart: defaultRestartPolicy,
  });
  ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
}, 180_000);

afterAll(async () => {
  await Promise.all((ledgers ?? []).map((ledger) => ledger.close()));
  await cluster?.destroy();
}, 60_000);

interface Run {
  output: string;
  readonly exitCode: Promise<number | null>;
  kill(): void;
}

function runDemo(args: readonly string[] = rowsOfRun): Run {
  const child = spawn(process.execPath, [program, '--home', cluster.home, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = {
    output: '',
    exitCode: new Promise((resolve) => child.on('close', resolve)),
    kill: () => void child.kill('SIGKILL'),
  };
  const hear = (chunk: Buffer): void => void (run.output += chunk.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return run;
}

const example = fileURLToPath(
  new URL('../../../examples/upstream-producer/produce.mjs', import.meta.url),
);

/** The example's own, where brokers want to know. */
function login(): string[] {
  if (cluster.tls === undefined) return [];
  const { upstream } = cluster.topology.kafkaUsers;
  const passwordFile = cluster.secrets.passwordFile(upstream);
  const { caFile } = cluster.tls;
  return ['--username', upstream, '--password-file', passwordFile, '--ca-file', caFile];
}

/** The example at dc1, rows on its standard input. */
function produce(rows: readonly string[]): Promise<[number | null, string]> {
  const args = [example, '--brokers', cluster.kafkaBroker(1), '--source', 'spec', ...login()];
  const child = spawn(process.execPath, args, { stdio: 'pipe' });
  let output = '';
  const hear = (chunk: Buffer): void => void (output += chunk.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  child.stdin.end(rows.join('\n'));
  return new Promise((resolve) => child.on('close', (code) => resolve([code, output])));
}

/** Pay-ins that each node wrote, counted where they were written. */
const ownPayIns = (): Promise<bigint[]> =>
  Promise.all(
    ledgers.map((ledger) =>
      ledger.value<bigint>(
        `select count(*) from billing.transaction_log
          where operation_type = 'pay_in' and node_id = billing.local_node_id()`,
      ),
    ),
  );

/** Waits until so much of a run's rows are through. */
async function untilReplayed(run: Run, percent: number): Promise<void> {
  const isThere = (output: string): boolean =>
    [...output.matchAll(/rows replayed +(\d+)%/g)].some(([, share]) => Number(share) >= percent);
  await eventually(async () => run.output, isThere, 120_000);
}

test('a run that is killed leaves the rest to the next one', async () => {
  const run = runDemo();
  await untilReplayed(run, 10);
  run.kill();
  expect(await run.exitCode).toBeNull();
  expect(run.output).not.toMatch(/rows replayed +100%/);
  expect((await ownPayIns()).every((count, index) => count < own[index]!)).toBe(true);
}, 180_000);

test('with a coordinator, a worker, a broker and a PostgreSQL killed in the middle, every pay-out ends as the file has it', async () => {
  const run = runDemo();
  await untilReplayed(run, 30);
  const killed = [
    ['coordinator', 1],
    ['ledger-worker', 1],
    ['kafka', 2],
    ['postgres', 3],
  ] as const;
  for (const [kind, nodeId] of killed) await cluster.killMember(kind, nodeId);
  expect(run.output).not.toMatch(/rows replayed +100%/);

  expect([await run.exitCode, run.output]).toEqual([
    0,
    expect.stringContaining('mismatches  none'),
  ]);
  expect(run.output).toContain(
    `${accounts} of ${accounts} accounts equal, ${withCommas(payIns)} pay-ins (${withCommas(own[0]!)} its own)`,
  );
  expect(run.output).toContain(`${expected.total} CZK, by the file alone`);
  expect(run.output).toContain(`${payOutsLine}, ${refused} by the file alone`);
  // The rows take turns over the datacenters: a quarter of the pay-outs find too little at theirs.
  const counts = ['local', 'drained from 1', 'drained from 2'].map((what) => {
    const [, count = ''] =
      new RegExp(`${what} +([\\d,]+)  p50 .* ms, p99 .* ms`).exec(run.output) ?? [];
    return Number(count.replace(',', ''));
  });
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(paid);
  expect(counts[1]! + counts[2]!).toBeGreaterThan(paid / 5);
  for (const [kind, nodeId] of killed) {
    expect(cluster.memberStatus(kind, nodeId).restarts).toBeGreaterThan(0);
  }
  expect(await ownPayIns()).toEqual(own);
  for (const ledger of ledgers) {
    expect(await ledger.payInCount()).toBe(payIns);
    expect(await ledger.value('select count(*) from billing.dead_letters')).toBe(0n);
  }
  await untilClean(ledgers, 30_000);
}, 360_000);

test('a second run asks for everything again and changes nothing', async () => {
  const run = runDemo();
  expect([await run.exitCode, run.output]).toEqual([
    0,
    expect.stringContaining('changed     nothing'),
  ]);
  expect(run.output).toContain(`${accounts}: 0 opened, ${accounts} found`);
  expect(run.output).toContain(payOutsLine);
  expect(run.output).toMatch(new RegExp(`refused +${refused} +${refused} in an earlier run`));
  expect(await ownPayIns()).toEqual(own);
  await untilClean(ledgers);
}, 180_000);

test('the upstream example sends rows of CSV and NDJSON, and its second run is credited to nobody', async () => {
  const [ledger] = ledgers as [Ledger];
  const [account] = (await ledger.openAccounts(1)) as [bigint];
  const csv = ['id,happenedAt,accountId,amount,currency'];
  for (let row = 1; row <= 100; row++) csv.push(`${row},2026-01-02,${account},0.10,USD`);
  const ndjson = [
    JSON.stringify(command(account, '5.00', { reference: 'by its own id' })),
    JSON.stringify({
      id: 'r',
      happenedAt: '2026-01-03',
      accountId: String(account),
      amount: '7',
      currency: 'USD',
    }),
  ];
  for (const rows of [csv, ndjson, csv, ndjson]) {
    expect(await produce(rows)).toEqual([
      0,
      `${rows === csv ? 100 : 2} pay-ins are with the broker\n`,
    ]);
  }
  const [code, words] = await produce(['{"accountId":"1","amount":"1","currency":"USD"}']);
  expect([code, words]).toEqual([1, expect.stringContaining('row 1 has neither')]);

  const upstream = await Upstream.connect(cluster.kafkaConnection(1));
  const ends = await upstream.admin.fetchTopicOffsets(PAY_IN_TOPIC);
  await upstream.close();
  const end = ends.reduce((sum, { high }) => sum + BigInt(high), 0n);
  await eventually(
    () => ledger.value<bigint>('select sum(next_offset)::bigint from billing.consumer_offsets'),
    (consumed) => consumed === end,
  );
  expect(await ledger.localBalances([account])).toEqual(new Map([[account, 2_200n]]));
}, 60_000);

test('money that the file does not know is a mismatch that names the account', async () => {
  const [ledger] = ledgers as [Ledger];
  // A run of its own, with accounts of its own.
  const limit = ['--limit', '300'];
  const before = runDemo(limit);
  expect([await before.exitCode, before.output]).toEqual([0, before.output]);
  const account = await ledger.value<bigint>(
    "select max(id) from billing.accounts where username = 'czech-2378'",
  );
  const upstream = await Upstream.connect(cluster.kafkaConnection(1));
  await upstream.send([command(account, '0.01', { currency: 'CZK' })]);
  await upstream.close();

  const run = runDemo(limit);
  expect(await run.exitCode).toBe(1);
  for (const name of ['dc1', 'dc2', 'dc3']) {
    expect(run.output).toMatch(
      new RegExp(
        `czech-2378 \\(account ${account}\\) seen at ${name}: total is [\\d,.]+ instead of`,
      ),
    );
  }
}, 180_000);
