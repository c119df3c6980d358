import { startCluster, type Cluster } from '@billing/cluster';
import { eventually, Ledger } from '@billing/testing';
import { command, PAY_IN_TOPIC } from './upstream.js';

// Upstream services choose their own clients: here Kafka's, in Java, with every codec that it has.
const producerTimeoutMs = 30_000;
let cluster: Cluster;
let ledger: Ledger;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    parts: ['postgres', 'kafka', 'ledger-worker'],
    postgres: { fsync: false },
  });
  ledger = new Ledger(cluster, 1);
}, 120_000);

afterAll(async () => {
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

async function produceWithJava(codec: string, line: string): Promise<void> {
  const { code, output } = await cluster.runKafkaProgram(1, {
    args: [
      'org.apache.kafka.tools.ConsoleProducer',
      ...['--bootstrap-server', cluster.kafkaBroker(1), '--topic', PAY_IN_TOPIC],
      ...['--compression-codec', codec, '--sync'],
      ...['--property', 'parse.key=true', '--property', 'key.separator=|'],
    ],
    input: line,
    timeoutMs: producerTimeoutMs,
  });
  expect([code, output]).toEqual([0, output]);
}

test('a pay-in is credited whatever codec its producer compresses with, and the worker lives', async () => {
  const [account] = (await ledger.openAccounts(1)) as [bigint];
  const codecs = ['lz4', 'zstd', 'snappy', 'gzip', 'none'];
  for (const codec of codecs) {
    await produceWithJava(codec, `${account}|${JSON.stringify(command(account, '1.00'))}\n`);
  }
  await eventually(
    () => ledger.localBalances([account]),
    (balances) => balances.get(account) === 500n,
  );
  expect(cluster.partStatus('ledger-worker', 1).state).toBe('running');
}, 90_000);
