import { closeSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Cluster } from '@billing/cluster';
import { eventually, type Ledger } from '@billing/testing';
import { command, PAY_IN_TOPIC, type Upstream } from './upstream.js';
import { WorkerSite } from './worker-site.js';

// What a broken disk does to the broker's files: written to here, under a broker that runs.
let site: WorkerSite;
let cluster: Cluster;
let ledger: Ledger;
let upstream: Upstream;
let account: bigint;

beforeAll(async () => {
  site = await WorkerSite.start();
  ({ cluster, ledger, upstream } = site);
  [account] = (await ledger.openAccounts(1)) as [bigint];
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

const send = (partition: number): Promise<void> =>
  upstream.sendRaw([
    { key: 'x', value: Buffer.from(JSON.stringify(command(account, '1.00'))), partition },
  ]);

const untilBalance = (minor: bigint): Promise<unknown> =>
  eventually(
    () => ledger.localBalances([account]),
    (balances) => balances.get(account) === minor,
    30_000,
  );

/** Three messages, of which the worker has seen none; the second is where `breakIt` says. */
async function breakSecond(
  partition: number,
  breakIt: (log: Buffer, second: number) => { at: number; bytes: Buffer },
): Promise<void> {
  await cluster.stopMember('ledger-worker', 1);
  for (let n = 0; n < 3; n += 1) await send(partition);
  const home = dirname(dirname(cluster.memberLogFile('kafka', 1)));
  const [name] = readdirSync(home, { recursive: true })
    .map(String)
    .filter((path) => path.includes(`${PAY_IN_TOPIC}-${partition}/`) && path.endsWith('.log'));
  const file = join(home, name!);
  const log = readFileSync(file);
  const { at, bytes } = breakIt(log, 12 + log.readInt32BE(8));
  const descriptor = openSync(file, 'r+');
  writeSync(descriptor, bytes, 0, bytes.length, at);
  closeSync(descriptor);
  await cluster.startMember('ledger-worker', 1);
}

const untilHalted = (partition: number): Promise<unknown> =>
  eventually(
    () =>
      ledger.rows(
        `select next_offset, halt_detail from billing.consumer_offsets
          where partition_id = $1 and halt_reason::text = 'unreadable'`,
        [partition],
      ),
    (rows) => rows.length === 1,
    30_000,
  );

test('an amount of which bits have turned is not credited: its partition is halted', async () => {
  await breakSecond(3, (log, second) => ({
    at: log.indexOf('"1.00"', second) + 1,
    bytes: Buffer.from('9'),
  }));
  expect(await untilHalted(3)).toEqual([
    { next_offset: 1n, halt_detail: expect.stringContaining('checksum') },
  ]);
  await ledger.rows('select billing.accept_offset($1, 3, 2, $2)', [PAY_IN_TOPIC, 'spec']);
  await untilBalance(200n);
}, 90_000);

test('a log that the broker itself cannot read on halts its partition, and no other', async () => {
  const five = Buffer.alloc(4);
  five.writeInt32BE(5);
  await breakSecond(4, (_log, second) => ({ at: second + 8, bytes: five }));
  expect(await untilHalted(4)).toEqual([
    { next_offset: 1n, halt_detail: expect.stringContaining('corrupt') },
  ]);
  for (let partition = 5; partition < 12; partition += 1) await send(partition);
  await untilBalance(200n + 100n + 700n);
  expect(cluster.memberStatus('ledger-worker', 1)).toMatchObject({ state: 'running', restarts: 0 });
}, 90_000);
