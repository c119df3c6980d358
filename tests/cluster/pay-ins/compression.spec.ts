import type { Cluster } from '@billing/cluster';
import { eventually, type Ledger } from '@billing/testing';
import { CompressionTypes, ConfigResourceTypes } from 'kafkajs';
import { command, PAY_IN_TOPIC, type Upstream } from './upstream.js';
import { WorkerSite } from './worker-site.js';

// Upstream services choose their own clients: here Kafka's, in Java, with every codec that it has.
const codecs = ['lz4', 'zstd', 'snappy', 'gzip', 'none'];
const producerTimeoutMs = 30_000;
let site: WorkerSite;
let cluster: Cluster;
let ledger: Ledger;
let upstream: Upstream;

beforeAll(async () => {
  site = await WorkerSite.start();
  ({ cluster, ledger, upstream } = site);
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

async function produceWithJava(codec: string, lines: string): Promise<void> {
  const { code, output } = await cluster.runKafkaProgram(1, {
    args: [
      'org.apache.kafka.tools.ConsoleProducer',
      ...['--bootstrap-server', cluster.kafkaBroker(1), '--topic', PAY_IN_TOPIC],
      ...['--compression-codec', codec],
      ...(cluster.security.kafkaUsers
        ? ['--producer.config', cluster.layout.kafkaAdminFile(1)]
        : []),
      ...['--property', 'parse.key=true', '--property', 'key.separator=|'],
    ],
    input: lines,
    timeoutMs: producerTimeoutMs,
  });
  expect([code, output]).toEqual([0, output]);
}

const lineOf = (account: bigint): string =>
  `${account}|${JSON.stringify(command(account, '1.00'))}\n`;

async function untilBalance(account: bigint, minor: bigint): Promise<void> {
  const read = (): Promise<bigint | undefined> =>
    ledger.localBalances([account]).then((balances) => balances.get(account));
  await eventually(read, (balance) => balance === minor, 40_000);
}

/** `uncompressed`: of a Kafka that somebody else has set up, which decompresses what comes. */
async function setCompression(value: 'producer' | 'uncompressed'): Promise<void> {
  await upstream.admin.alterConfigs({
    validateOnly: false,
    resources: [
      {
        type: ConfigResourceTypes.TOPIC,
        name: PAY_IN_TOPIC,
        configEntries: [{ name: 'compression.type', value }],
      },
    ],
  });
}

test('a pay-in is credited whatever codec its producer compresses with, and the worker lives', async () => {
  const [account] = (await ledger.openAccounts(1)) as [bigint];
  for (const codec of codecs) {
    await produceWithJava(codec, lineOf(account));
  }
  await untilBalance(account, 500n);
  expect(cluster.memberStatus('ledger-worker', 1).state).toBe('running');
}, 90_000);

test('a topic whose broker decompresses is read too, whatever the codec', async () => {
  const [account] = (await ledger.openAccounts(1)) as [bigint];
  await setCompression('uncompressed');
  for (const codec of codecs) {
    await produceWithJava(codec, Array.from({ length: 400 }, () => lineOf(account)).join(''));
  }
  await untilBalance(account, BigInt(codecs.length) * 40_000n);
  expect(cluster.memberStatus('ledger-worker', 1).state).toBe('running');
}, 90_000);

describe('a batch that cannot be read: 250 MB of zeros in 250 KB', () => {
  const partition = 7;
  let account: bigint;

  const halt = async (): Promise<{
    next_offset: bigint;
    halt_reason: string | null;
    halt_detail: string | null;
  }> => {
    const [row] = await ledger.rows<Awaited<ReturnType<typeof halt>>>(
      'select next_offset, halt_reason::text, halt_detail from billing.consumer_offsets where partition_id = $1',
      [partition],
    );
    return row!;
  };

  const send = (to: number): Promise<void> =>
    upstream.sendRaw([
      { key: 'x', value: Buffer.from(JSON.stringify(command(account, '1.00'))), partition: to },
    ]);

  beforeAll(async () => {
    [account] = (await ledger.openAccounts(1)) as [bigint];
    await setCompression('producer');
  });

  test('halts its one partition, says so, and broker and worker live', async () => {
    const { pid } = cluster.memberStatus('ledger-worker', 1);
    const broker = cluster.memberStatus('kafka', 1);
    await send(partition);
    await upstream.sendRaw(
      [{ key: 'x', value: Buffer.alloc(250_000_000), partition }],
      CompressionTypes.GZIP,
    );
    await send(partition);
    const { next_offset: offset, halt_detail: detail } = await eventually(
      halt,
      (row) => row.halt_reason === 'unreadable',
      40_000,
    );
    expect(detail).toContain(`go on at ${offset + 1n}`);
    for (let other = 0; other < 12; other += 1) if (other !== partition) await send(other);
    await untilBalance(account, 1_200n);
    expect(cluster.memberStatus('ledger-worker', 1)).toMatchObject({ state: 'running', pid });
    expect(cluster.memberStatus('kafka', 1)).toMatchObject({ state: 'running', pid: broker.pid });
  }, 120_000);

  test('is accepted past by an operator, also of a worker that begins before it', async () => {
    const { next_offset: offset } = await halt();
    await cluster.stopMember('ledger-worker', 1);
    await cluster.startMember('ledger-worker', 1);
    await ledger.rows('select billing.accept_offset($1, $2, $3, $4)', [
      PAY_IN_TOPIC,
      partition,
      String(offset + 1n),
      'spec',
    ]);
    await untilBalance(account, 1_300n);
    expect(await halt()).toMatchObject({ next_offset: offset + 2n, halt_reason: null });
    await cluster.stopMember('ledger-worker', 1);
    await cluster.startMember('ledger-worker', 1);
    await send(partition);
    await untilBalance(account, 1_400n);
    expect(await ledger.unbalanced()).toBe(0n);
  }, 60_000);
});
