import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '@billing/cluster';
import { eventually, type Ledger } from '@billing/testing';
import type { Message, Producer } from 'kafkajs';
import { command, PAY_IN_TOPIC, type Upstream } from './upstream.js';
import { WorkerSite } from './worker-site.js';

/**
 * A broker can lie about its past in three ways. Each must halt the partition, leave the money alone
 * and go on only where an operator says so.
 */
let site: WorkerSite;
let cluster: Cluster;
let ledger: Ledger;
let upstream: Upstream;
let account: bigint;

const PARTITION = 4;
const workerIsRunning = (running: boolean): Promise<void> =>
  running ? cluster.startMember('ledger-worker', 1) : cluster.stopMember('ledger-worker', 1);

const send = (count: number): Promise<void> =>
  upstream.sendRaw(
    Array.from({ length: count }, () => ({
      key: String(account),
      value: Buffer.from(JSON.stringify(command(account, '1.00'))),
      partition: PARTITION,
    })),
  );

interface StoredOffset extends Record<string, unknown> {
  next_offset: bigint;
  epoch: bigint;
  halt_reason: string | null;
  incarnation: number;
}

const offset = async (): Promise<StoredOffset> => {
  const [row] = await ledger.rows<StoredOffset>(
    `select next_offset, epoch, halt_reason::text, incarnation from billing.consumer_offsets
      where partition_id = $1`,
    [PARTITION],
  );
  return row ?? { next_offset: -1n, epoch: -1n, halt_reason: null, incarnation: 0 };
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
  site = await WorkerSite.start({
    // Retention looks at once and often: Kafka's own waits 30 s, then looks every five minutes.
    kafka: {
      settings: { 'log.initial.task.delay.ms': '100', 'log.retention.check.interval.ms': '500' },
    },
    appEnvironment: { 'ledger-worker': { WORKER_SESSION_TIMEOUT_MS: '6000' } },
  });
  ({ cluster, ledger, upstream } = site);
  [account] = (await ledger.openAccounts(1)) as [bigint];
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

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
  await cluster.pauseMember('ledger-worker', 1);
  // The fetch under way ends with nothing; what comes now is never sent to the worker.
  await sleep(1_000);
  await send(10);
  await forgetBefore('40');
  await cluster.resumeMember('ledger-worker', 1);
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
  await cluster.pauseMember('ledger-worker', 1);
  await send(50);
  // The one that overtakes: claims the partition, as another worker of the group would.
  const [claim] = await ledger.rows<{ epoch: bigint; next_offset: bigint }>(
    'select epoch, next_offset from billing.claim_partition($1, $2, $3, $4, $5)',
    [PAY_IN_TOPIC, PARTITION, 'overtaker', '0', '66'],
  );
  expect(claim?.next_offset).toBe(16n);
  await cluster.resumeMember('ledger-worker', 1);
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

const aborted = (count: number, key: string | Buffer = String(account)): Message[] =>
  Array.from({ length: count }, () => ({
    key,
    value: JSON.stringify(command(account, '1.00')),
    partition: PARTITION,
  }));

const abortTransaction = async (messages: number): Promise<void> => {
  const producer = upstream.transactional('aborter');
  await producer.connect();
  const transaction = await producer.transaction();
  await transaction.send({
    topic: PAY_IN_TOPIC,
    messages: aborted(messages),
  });
  await transaction.abort();
  await producer.disconnect();
};

const committedOffset = async (): Promise<bigint> => {
  const [group] = await upstream.admin.fetchOffsets({
    groupId: 'billing-ledger-worker',
    topics: [PAY_IN_TOPIC],
  });
  const found = group?.partitions.find(({ partition }) => partition === PARTITION);
  return BigInt(found?.offset ?? -1);
};

describe('an aborted transaction at the end of a partition', () => {
  let end: bigint;

  test('is stored as passed over, so that nothing seems to wait', async () => {
    end = (await offset()).next_offset + 3n + 1n;
    await abortTransaction(3);
    await untilNextOffset(end);
    expect(await balance()).toBe(10_600n);
    // And for Kafka's own lag tools.
    await eventually(committedOffset, (committed) => committed === end, 10_000);
  }, 60_000);

  test('may be taken by retention: the worker goes on behind it', async () => {
    await workerIsRunning(false);
    await forgetBefore(String(end));
    await workerIsRunning(true);
    await send(2);
    await untilNextOffset(end + 2n);
    expect(await balance()).toBe(10_800n);
  }, 60_000);

  test('that retention took before the worker was shown it halts the partition', async () => {
    await workerIsRunning(false);
    await abortTransaction(3);
    await forgetBefore(String(end + 2n + 4n));
    await workerIsRunning(true);
    await untilHalted('log_truncated');
    await accept(end + 2n + 4n);
    await untilNextOffset(end + 2n + 4n);
  }, 60_000);
});

test('an offset accepted further back is read again though nothing arrives', async () => {
  await send(2);
  const next = (await offset()).next_offset + 2n;
  await untilNextOffset(next);
  const before = await offset();
  await accept(next - 1n);
  await untilNextOffset(next);
  // The same bytes at the same place are the same message, and no new counting.
  expect((await offset()).incarnation).toBe(before.incarnation);
  expect(await balance()).toBe(11_000n);
}, 60_000);

test('an offset within an open transaction is not behind the end of the log', async () => {
  const producer = upstream.transactional('open');
  await producer.connect();
  const transaction = await producer.transaction();
  const message = { key: String(account), value: 'aborted', partition: PARTITION };
  await transaction.send({ topic: PAY_IN_TOPIC, messages: [message, message, message] });
  const first = (await offset()).next_offset;
  await accept(first + 2n);
  await workerIsRunning(false);
  await workerIsRunning(true);
  const { epoch } = await offset();
  await eventually(offset, (row) => row.epoch > epoch || row.halt_reason !== null, 20_000);
  await transaction.abort();
  await producer.disconnect();
  await untilNextOffset(first + 3n + 1n);
}, 60_000);

test('a partition that could not be claimed when it was assigned is claimed though nothing arrives', async () => {
  const group = async (): Promise<string | undefined> =>
    (await upstream.admin.describeGroups(['billing-ledger-worker'])).groups[0]?.state;
  await cluster.pauseMember('ledger-worker', 1);
  await eventually(group, (state) => state === 'Empty', 20_000);
  const { epoch } = await offset();
  await cluster.stopMember('postgres', 1);
  await cluster.resumeMember('ledger-worker', 1);
  await eventually(group, (state) => state === 'Stable', 20_000);
  await cluster.startMember('postgres', 1);
  await eventually(offset, (row) => row.epoch > epoch, 20_000);
}, 90_000);

test('messages with an old timestamp of their producer stay as long as others', async () => {
  await workerIsRunning(false);
  await upstream.sendRaw([
    {
      key: String(account),
      value: Buffer.from(JSON.stringify(command(account, '5.00'))),
      // Retention judges a segment by its youngest message: one where no other is.
      partition: PARTITION + 2,
      timestamp: String(Date.now() - 8 * 24 * 3_600_000),
    },
  ]);
  // Several looks of retention.
  await sleep(3_000);
  await workerIsRunning(true);
  await eventually(balance, (minor) => minor === 11_500n, 20_000);
}, 60_000);

test('transactions that overlap and are aborted credit nothing, whichever ends first', async () => {
  const before = await balance();
  const first = await offset();
  // All of it at once to the worker, and the list of what was aborted with it.
  await workerIsRunning(false);
  const producers = ['overlapping-1', 'overlapping-2'].map((id) => upstream.transactional(id));
  await Promise.all(producers.map((producer) => producer.connect()));
  for (const [longer, shorter] of [producers, [...producers].reverse()] as [Producer, Producer][]) {
    const outer = await longer.transaction();
    await outer.send({ topic: PAY_IN_TOPIC, messages: aborted(2) });
    const inner = await shorter.transaction();
    await inner.send({ topic: PAY_IN_TOPIC, messages: aborted(1) });
    await inner.abort();
    await outer.send({ topic: PAY_IN_TOPIC, messages: aborted(1, Buffer.alloc(4)) });
    await outer.send({ topic: PAY_IN_TOPIC, messages: aborted(1) });
    await outer.abort();
    await send(1);
  }
  await Promise.all(producers.map((producer) => producer.disconnect()));
  await workerIsRunning(true);
  // Each time five messages, two markers and a good one.
  await untilNextOffset(first.next_offset + 2n * 8n);
  expect(await balance()).toBe(before! + 200n);
}, 90_000);
