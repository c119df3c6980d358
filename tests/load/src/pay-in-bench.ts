/**
 * How fast one datacenter's ledger worker brings pay-ins from Kafka into PostgreSQL, with its peers
 * stopped; beside it, in the same run, the same SQL driven without Kafka at several batch sizes, and a
 * consumer that works message by message. Ratios are what counts: the machine may be noisy.
 *
 *   npm run bench:pay-in [-- --help]
 */
import { parseCount, type Cluster, type ClusterOptions } from '@billing/cluster';
import { decodePayIn, PAY_IN_TOPIC } from '@billing/contracts';
import { applyPayIns, claimPartition, type Database } from '@billing/database';
import { createBenchCommand } from './bench-command.js';
import {
  bothTransports,
  openDatabase,
  stopPeers,
  withCluster,
  withClusters,
} from './bench-cluster.js';
import { fillTopic, prepareMessages, type PreparedMessage } from './commands.js';
import { consumeOneByOne } from './one-by-one-consumer.js';
import { median } from './report/figures.js';
import { measureWorkerTls } from './worker-tls-measure.js';
import { CONNECTIONS, driveWorker, forgetEntries, NODE, openAccounts } from './worker-measure.js';

const SQL_BATCH_SIZES = [2_000, 4_000, 8_000];
const ONE_BY_ONE_MS = 10_000;

const options = createBenchCommand('bench:pay-in')
  .description(
    'A ledger worker from Kafka into PostgreSQL, beside its SQL alone and a naive consumer',
  )
  .option('--messages <number>', 'pay-ins of each measurement', parseCount, 500_000)
  .option('--accounts <number>', 'that they go to', parseCount, 10_000)
  .option('--rounds <number>', 'of worker and SQL in turn', parseCount, 3)
  .option('--tls', 'instead: the worker in plain text and over TLS in turn')
  .parse()
  .opts<{ messages: number; accounts: number; rounds: number; tls?: true }>();
const messageCount = options.messages;
const datacenters: ClusterOptions = {
  nodeCount: 3,
  members: ['postgres', 'kafka', 'ledger-worker'],
};

async function quieten(cluster: Cluster): Promise<void> {
  await stopPeers(cluster, NODE);
  await cluster.stopMember('ledger-worker', NODE);
}

if (options.tls) {
  await withClusters(
    bothTransports(datacenters),
    ([plain, tls]) => measureWorkerTls(plain!, tls!, options),
    quieten,
  );
} else {
  await withCluster(datacenters, async (cluster) => {
    await quieten(cluster);
    await measure(cluster);
  });
}

async function measure(running: Cluster): Promise<void> {
  const database = openDatabase(running, NODE, CONNECTIONS);
  const accountIds = await openAccounts(database, options.accounts);
  console.log(`${messageCount} pay-ins for ${accountIds.length} accounts`);

  const sql: Rate[] = [];
  for (const size of SQL_BATCH_SIZES) {
    await forgetEntries(database);
    const rate = await driveSql(database, prepareMessages(accountIds, messageCount), size);
    sql.push({ size, rate });
    console.log(`SQL alone, ${size} a call, ${CONNECTIONS} connections: ${Math.round(rate)}/s`);
  }
  const { size } = sql.reduce((best, next) => (next.rate > best.rate ? next : best));

  // In turn, and compared pair by pair: the machine's speed may drift.
  const pairs: { sqlRate: number; workerRate: number; memoryMb: number }[] = [];
  for (let round = 1; round <= options.rounds; round += 1) {
    await fillTopic(
      running.kafkaConnection(NODE),
      PAY_IN_TOPIC,
      prepareMessages(accountIds, messageCount),
    );
    await forgetEntries(database);
    const worker = await driveWorker(running, database, messageCount, round * messageCount);
    await forgetEntries(database);
    const sqlRate = await driveSql(database, prepareMessages(accountIds, messageCount), size);
    pairs.push({ sqlRate, workerRate: worker.rate, memoryMb: worker.memoryMb });
    console.log(
      `round ${round}: Kafka to PostgreSQL through the worker ${Math.round(worker.rate)}/s, ` +
        `SQL alone at ${size} a call ${Math.round(sqlRate)}/s, ratio ${(worker.rate / sqlRate).toFixed(2)}, ` +
        `memory at most ${worker.memoryMb} MB`,
    );
  }
  const workerRate = median(pairs.map((pair) => pair.workerRate));
  console.log(
    `median: ${Math.round(workerRate)}/s through the worker, ` +
      `${median(pairs.map((pair) => pair.workerRate / pair.sqlRate)).toFixed(2)} of the SQL alone`,
  );

  const oneByOne = await driveOneByOne(running, accountIds);
  console.log(
    `message by message, a transaction each: ${Math.round(oneByOne)}/s; ` +
      `the worker is ${Math.round(workerRate / oneByOne)} times as fast`,
  );
  await database.close();
}

interface Rate {
  readonly size: number;
  readonly rate: number;
}

/** The worker's SQL call on decoded messages, partitions taken in turn by as many connections. */
async function driveSql(
  database: Database,
  partitions: readonly PreparedMessage[][],
  batchSize: number,
): Promise<number> {
  const topic = `bench-sql-${Date.now()}`;
  const queue = [...partitions.entries()].map(([partition, prepared]) => ({
    partition,
    messages: prepared.map(({ key, value }, offset) => ({
      offset: String(offset),
      key: Buffer.from(key),
      value,
    })),
    contents: prepared.map(({ value }) => decodePayIn(value)),
  }));
  const startedMs = performance.now();
  const driveConnection = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { partition, messages, contents } = next;
      const { epoch } = await claimPartition(database, {
        topic,
        partition,
        workerId: 'bench',
        logStart: 0n,
        highWatermark: BigInt(messages.length),
      });
      for (let first = 0; first < messages.length; first += batchSize) {
        const part = messages.slice(first, first + batchSize);
        const outcome = await applyPayIns(database, {
          topic,
          partition,
          epoch,
          firstOffset: BigInt(first),
          nextOffset: BigInt(first + part.length),
          messages: part,
          contents: contents.slice(first, first + batchSize),
        });
        if (outcome.applied !== part.length) throw new Error(`applied ${outcome.applied} only`);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, driveConnection));
  return messageCount / ((performance.now() - startedMs) / 1000);
}

async function driveOneByOne(running: Cluster, accountIds: readonly bigint[]): Promise<number> {
  await fillTopic(running.kafkaConnection(NODE), PAY_IN_TOPIC, prepareMessages(accountIds, 50_000));
  return consumeOneByOne({
    broker: running.kafkaConnection(NODE),
    topic: PAY_IN_TOPIC,
    connectionString: running.connectionString(NODE),
    nodeId: NODE,
    durationMs: ONE_BY_ONE_MS,
    fromOffsetOf: 'billing-ledger-worker',
  });
}
