import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { defaultRestartPolicy, startNativeCluster, type NativeCluster } from '@billing/cluster';
import { command, eventually, Ledger, Upstream } from '@billing/testing';

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
