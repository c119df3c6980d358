import { startCluster, type Cluster } from '@billing/cluster';
import { eventually, Ledger } from '@billing/testing';
import { command, PAY_IN_TOPIC, Upstream } from './upstream.js';

/**
 * A broker can lie about its past in three ways. Each must halt the partition, leave the money alone
 * and go on only where an operator says so.
 */
let cluster: Cluster;
let ledger: Ledger;
let upstream: Upstream;
let account: bigint;

const PARTITION = 4;
const workerIsRunning = (running: boolean): Promise<void> =>
  running ? cluster.startPart('ledger-worker', 1) : cluster.stopPart('ledger-worker', 1);

const send = (count: number): Promise<void> =>
  upstream.sendRaw(
    Array.from({ length: count }, () => ({
      key: String(account),
      value: Buffer.from(JSON.stringify(command(account, '1.00'))),
      partition: PARTITION,
    })),
  );

const offset = async (): Promise<{
  next_offset: bigint;
  halt_reason: string | null;
  incarnation: number;
}> => {
  const [row] = await ledger.rows<{
    next_offset: bigint;
    halt_reason: string | null;
    incarnation: number;
  }>(
    'select next_offset, halt_reason::text, incarnation from billing.consumer_offsets where partition_id = $1',
    [PARTITION],
  );
  return row ?? { next_offset: -1n, halt_reason: null, incarnation: 0 };
};

const untilNextOffset = (expected: bigint): Promise<unknown> =>
  eventually(offset, (row) => row.next_offset === expected && row.halt_reason === null, 40_000);

const untilHalted = (reason: string): Promise<unknown> =>
  eventually(offset, (row) => row.halt_reason === reason, 40_000);

const accept = (next: bigint): Promise<unknown> =>
  ledger.rows('select billing.accept_offset($1, $2, $3, $4)', [
    PAY_IN_TOPIC,
    PARTITION,
    String(next),
    'spec',
  ]);

const balance = async (): Promise<bigint | undefined> =>
  (await ledger.localBalances([account])).get(account);

/** What retention does. */
const forgetBefore = async (offset: string): Promise<void> => {
  // deleteTopicRecords needs metadata that only another call loads.
  await upstream.admin.fetchTopicOffsets(PAY_IN_TOPIC);
  await upstream.admin.deleteTopicRecords({
    topic: PAY_IN_TOPIC,
    partitions: [{ partition: PARTITION, offset }],
  });
};

const makeTopicAnew = async (): Promise<void> => {
  await upstream.admin.deleteTopics({ topics: [PAY_IN_TOPIC] });
  await eventually(
    () => upstream.admin.listTopics(),
    (topics) => !topics.includes(PAY_IN_TOPIC),
  );
  // Waiting for leaders is left to what comes next: it may fail after the topic was made.
  await upstream.admin.createTopics({
    topics: [{ topic: PAY_IN_TOPIC, numPartitions: 12 }],
    waitForLeaders: false,
  });
  await eventually(
    () => upstream.admin.fetchTopicOffsets(PAY_IN_TOPIC),
    (offsets) => offsets.length === 12,
  );
};

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    parts: ['postgres', 'kafka', 'ledger-worker'],
    postgres: { fsync: false },
    appEnvironment: { 'ledger-worker': { WORKER_SESSION_TIMEOUT_MS: '6000' } },
  });
  ledger = new Ledger(cluster, 1);
  upstream = await Upstream.connect(cluster.kafkaBroker(1));
  [account] = (await ledger.openAccounts(1)) as [bigint];
}, 120_000);

afterAll(async () => {
  await upstream?.close();
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

test('a log that begins after the stored offset has lost messages: halted until accepted', async () => {
  await send(10);
  await untilNextOffset(10n);
  await workerIsRunning(false);
  await send(20);
  await forgetBefore('25');
  await workerIsRunning(true);
  await untilHalted('log_truncated');
  await send(5);
  expect(await balance()).toBe(1_000n);

  // The other partitions do not wait for the operator.
  await upstream.sendRaw([
    {
      key: 'x',
      value: Buffer.from(JSON.stringify(command(account, '7.00'))),
      partition: PARTITION + 1,
    },
  ]);
  await eventually(balance, (minor) => minor === 1_700n);

  await accept(25n);
  await untilNextOffset(35n);
  expect(await balance()).toBe(1_700n + 1_000n);
}, 90_000);

test('a log that lost messages while the worker consumed it is found as well', async () => {
  await cluster.pausePart('ledger-worker', 1);
  // The fetch under way ends with nothing; what comes now is never sent to the worker.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  await send(10);
  await forgetBefore('40');
  await cluster.resumePart('ledger-worker', 1);
  await untilHalted('log_truncated');
  await accept(40n);
  await untilNextOffset(45n);
  expect(await balance()).toBe(2_700n + 500n);
}, 90_000);

test('a log that ends below the stored offset was made anew: halted until accepted', async () => {
  await workerIsRunning(false);
  await makeTopicAnew();
  await workerIsRunning(true);
  await untilHalted('log_shorter');
  await send(3);
  await accept(0n);
  await untilNextOffset(3n);
  expect(await balance()).toBe(3_200n + 300n);
  // No letter bears one of these offsets, so none can be mistaken for another.
  expect((await offset()).incarnation).toBe(1);
}, 90_000);

test('a topic made anew and filled beyond the stored offset is known by its strange messages', async () => {
  await workerIsRunning(false);
  await makeTopicAnew();
  await send(10);
  await workerIsRunning(true);
  await untilHalted('unknown_below');
  expect(await balance()).toBe(3_500n);
  await accept(0n);
  await untilNextOffset(10n);
  expect(await balance()).toBe(3_500n + 1_000n);
}, 90_000);

test("Kafka's committed offset is not believed: the worker goes back to PostgreSQL's", async () => {
  await workerIsRunning(false);
  await send(6);
  await upstream.admin.setOffsets({
    groupId: 'billing-ledger-worker',
    topic: PAY_IN_TOPIC,
    partitions: [{ partition: PARTITION, offset: '16' }],
  });
  await workerIsRunning(true);
  await untilNextOffset(16n);
  expect(await balance()).toBe(4_500n + 600n);
}, 60_000);

test('a worker that was overtaken is fenced: what it holds is credited once', async () => {
  await cluster.pausePart('ledger-worker', 1);
  await send(50);
  // The one that overtakes: claims the partition, as another worker of the group would.
  const [claim] = await ledger.rows<{ epoch: bigint; next_offset: bigint }>(
    'select epoch, next_offset from billing.claim_partition($1, $2, $3, $4, $5)',
    [PAY_IN_TOPIC, PARTITION, 'overtaker', '0', '66'],
  );
  expect(claim?.next_offset).toBe(16n);
  await cluster.resumePart('ledger-worker', 1);
  await untilNextOffset(66n);
  expect(await balance()).toBe(5_100n + 5_000n);
  expect(await ledger.unbalanced()).toBe(0n);
}, 60_000);

test('a long aborted transaction is passed over, and is no gap', async () => {
  const producer = upstream.transactional('spec');
  await producer.connect();
  const transaction = await producer.transaction();
  // More than one fetch brings, so that whole fetches hold nothing for the worker.
  const filler = { padding: 'x'.repeat(300) };
  for (let i = 0; i < 10; i += 1) {
    await transaction.send({
      topic: PAY_IN_TOPIC,
      messages: Array.from({ length: 1_000 }, () => ({
        key: String(account),
        value: JSON.stringify(command(account, '1.00', { metadata: filler })),
        partition: PARTITION,
      })),
    });
  }
  await transaction.abort();
  await producer.disconnect();
  await send(5);
  // 66 stored, 10,000 aborted, a marker, 5 good ones.
  await untilNextOffset(66n + 10_000n + 1n + 5n);
  expect(await balance()).toBe(10_100n + 500n);
}, 90_000);
