import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTopics, type Cluster, type KafkaConnection } from '@billing/cluster';
import { KafkaBatchServer, type BatchDelivery, type BatchVerdict } from '@billing/kafka';
import { startCluster } from '@billing/testing';
import { Upstream } from './upstream.js';

// One partition each, so that a member may lose all that it has of a topic.
const topics = ['spec.members.a', 'spec.members.b'] as const;
const partitionsOfMost = 2;
const messagesEach = 20;
const visits = 6;
let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ nodeCount: 1, members: ['kafka'] });
  const { host } = cluster.topology;
  const wanted = topics.map((name) => ({ name, partitions: partitionsOfMost }));
  await createTopics(host, cluster.ports(1).kafka, wanted, cluster.security.kafkaUsers);
  for (const topic of topics) {
    const upstream = await Upstream.connect(cluster.kafkaConnection(1), topic);
    const messages = Array.from({ length: messagesEach }, (_, at) => ({
      key: String(at),
      value: Buffer.from('{}'),
      partition: at % partitionsOfMost,
    }));
    await upstream.sendRaw(messages).finally(() => upstream.close());
  }
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

/** A consumer that reads the last message of each batch once more, for ever: each batch has it seek. */
class Rereader {
  readonly crashes: unknown[] = [];
  readonly told: string[] = [];
  batches = 0;
  private readonly server: KafkaBatchServer;

  constructor({ brokers, ...security }: KafkaConnection, groupId: string) {
    const tell = (fields: object, message: string): void => {
      this.told.push(`${message} ${JSON.stringify(fields)}`);
    };
    this.server = new KafkaBatchServer({
      brokers,
      security,
      clientId: 'spec',
      groupId,
      members: 2,
      partitionsConcurrent: 2,
      fetchBytesMax: 1_048_576,
      sessionTimeoutMs: 10_000,
      log: { debug: tell, info: tell, warn: tell, error: tell },
    });
    const handler = ({ batch }: BatchDelivery): Promise<BatchVerdict> => {
      this.batches += 1;
      return Promise.resolve({ nextOffset: batch.nextOffset - 1n });
    };
    for (const topic of topics) this.server.addHandler(topic, handler, true);
    this.server.on('crashed', (error) => this.crashes.push(error));
  }

  listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.listen((error) => (error === undefined ? resolve() : reject(error as Error)));
    });
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

test('members that seek while others join and leave go on', async () => {
  const groupId = randomUUID();
  const connection = cluster.kafkaConnection(1);
  const resident = new Rereader(connection, groupId);
  await resident.listen();
  try {
    for (let visit = 0; visit < visits; visit += 1) {
      const visitor = new Rereader(connection, groupId);
      await visitor.listen();
      await sleep(1_000);
      await visitor.close();
      expect(visitor.crashes).toEqual([]);
    }
    expect(resident.crashes).toEqual([]);
    expect(resident.told.filter((line) => line.includes('TypeError'))).toEqual([]);
    expect(resident.batches).toBeGreaterThan(visits);
  } finally {
    await resident.close();
  }
}, 120_000);
