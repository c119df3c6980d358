import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defaultRestartPolicy, startNativeCluster, type NativeCluster } from '@billing/cluster';
import { eventually, Ledger } from '@billing/testing';
import { command, PAY_IN_TOPIC, Upstream } from './upstream.js';

// The demo program as a person runs it, on three datacenters whose parts are killed under it.
const program = fileURLToPath(new URL('../../tools/demo/bin/demo.mjs', import.meta.url));
const payIns = 11_041;
const own = [3_681n, 3_680n, 3_680n];
let cluster: NativeCluster;
let ledgers: Ledger[];

beforeAll(async () => {
  cluster = await startNativeCluster({
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
}

function runDemo(args: readonly string[] = []): Run {
  const child = spawn(process.execPath, [program, '--home', cluster.home, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = {
    output: '',
    exitCode: new Promise((resolve) => child.on('close', resolve)),
  };
  const hear = (chunk: Buffer): void => void (run.output += chunk.toString());
  child.stdout.on('data', hear);
  child.stderr.on('data', hear);
  return run;
}

const example = fileURLToPath(
  new URL('../../examples/upstream-producer/produce.mjs', import.meta.url),
);

/** The example at dc1, rows on its standard input. */
function produce(rows: readonly string[]): Promise<[number | null, string]> {
  const args = [example, '--brokers', cluster.kafkaBroker(1), '--source', 'spec'];
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

test('with a worker, a broker and a PostgreSQL killed in the middle, every account is equal at every node', async () => {
  const run = runDemo(['--rate', '1500']);
  await eventually(
    async () => run.output,
    (output) => /pay-ins sent +[1-9]/.test(output),
    60_000,
  );
  const killed = [
    ['ledger-worker', 1],
    ['kafka', 2],
    ['postgres', 3],
  ] as const;
  for (const [kind, nodeId] of killed) await cluster.killPart(kind, nodeId);
  const sentSoFar = /pay-ins sent +\d+% +([\d,]+) of/.exec(run.output)?.[1]?.replace(',', '');
  expect(Number(sentSoFar)).toBeGreaterThan(0);
  expect(run.output).not.toMatch(/pay-ins sent +100%/);

  expect([await run.exitCode, run.output]).toEqual([
    0,
    expect.stringContaining('mismatches  none'),
  ]);
  expect(run.output).toContain('591 of 591 accounts equal, 11,041 pay-ins (3,681 its own)');
  expect(run.output).toContain('87,119,745.30 CZK, by the file alone');
  for (const [kind, nodeId] of killed) {
    expect(cluster.partStatus(kind, nodeId).restarts).toBeGreaterThan(0);
  }
  expect(await ownPayIns()).toEqual(own);
  for (const ledger of ledgers) {
    expect(await ledger.payInCount()).toBe(BigInt(payIns));
    expect(await ledger.unbalanced()).toBe(0n);
    expect(await ledger.value('select count(*) from billing.dead_letters')).toBe(0n);
  }
}, 240_000);

test('a second run sends everything again and changes nothing', async () => {
  const run = runDemo();
  expect([await run.exitCode, run.output]).toEqual([
    0,
    expect.stringContaining('changed     nothing'),
  ]);
  expect(run.output).toContain('591: 0 opened, 591 found');
  expect(run.output).toContain('11,041 sent; 12,891 pay_out rows left out');
  expect(await ownPayIns()).toEqual(own);
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

  const upstream = await Upstream.connect(cluster.kafkaBroker(1));
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
  const account = await ledger.value<bigint>(
    "select id from billing.accounts where username = 'czech-2378'",
  );
  const upstream = await Upstream.connect(cluster.kafkaBroker(1));
  await upstream.send([command(account, '0.01', { currency: 'CZK' })]);
  await upstream.close();

  const run = runDemo();
  expect(await run.exitCode).toBe(1);
  for (const name of ['dc1', 'dc2', 'dc3']) {
    expect(run.output).toMatch(
      new RegExp(
        `czech-2378 \\(account ${account}\\) seen at ${name}: total is [\\d,.]+ instead of`,
      ),
    );
  }
}, 180_000);
