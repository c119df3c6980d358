import kafkajs, { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import { withAdmin } from '@billing/kafka/admin';

const { ConfigResourceTypes } = kafkajs;
export const PAY_INS = 'billing.payin';
export const LETTERS = 'billing.payin.dlq';
export const SHOP = 'billing.payin.shop';
const GROUP = 'billing-ledger-worker';

export type TopicDeed = 'produce' | 'fetch' | 'join its group' | 'ask where its log ends';

/** Who may do what with a topic. The admin may do everything, everybody else nothing. */
export interface TopicRow {
  readonly group: string;
  readonly may: Readonly<Record<TopicDeed, readonly string[]>>;
  /** As whom a message is sent that names an account of another tenant, and whose the topic's messages are. */
  readonly producer: string;
  /** 'nobody': it is not read, so no message there credits anybody. */
  readonly tenant: string;
  readonly stranger: string;
}

/** Every topic of the brokers of npm start: kafka-users.native.spec.ts compares it with what there is. */
export const topicRows: Readonly<Record<string, TopicRow>> = {
  [PAY_INS]: {
    group: GROUP,
    may: {
      produce: ['kafka_upstream', 'kafka_gateway'],
      fetch: ['kafka_ledger_worker'],
      'join its group': ['kafka_ledger_worker'],
      'ask where its log ends': ['kafka_upstream', 'kafka_gateway', 'kafka_ledger_worker'],
    },
    producer: 'kafka_upstream',
    tenant: 'default',
    stranger: 'shop',
  },
  [SHOP]: {
    group: `${GROUP}.shop`,
    may: {
      produce: ['kafka_shop'],
      fetch: ['kafka_ledger_worker'],
      'join its group': ['kafka_ledger_worker'],
      'ask where its log ends': ['kafka_shop', 'kafka_gateway', 'kafka_ledger_worker'],
    },
    producer: 'kafka_shop',
    tenant: 'shop',
    stranger: 'default',
  },
  [LETTERS]: {
    group: `${GROUP}.dlq`,
    may: {
      produce: ['kafka_ledger_worker'],
      fetch: [],
      'join its group': [],
      'ask where its log ends': ['kafka_ledger_worker'],
    },
    producer: 'kafka_ledger_worker',
    tenant: 'nobody',
    stranger: 'default',
  },
};

/** Those of topics without a row, and rows without a topic. */
export function findRowlessTopics(
  topics: readonly string[],
  rows: Readonly<Record<string, TopicRow>> = topicRows,
): string[] {
  // What Kafka keeps for itself.
  const ours = topics.filter((topic) => !topic.startsWith('__'));
  return [
    ...ours.filter((topic) => !Object.hasOwn(rows, topic)).map((topic) => `no row: ${topic}`),
    ...Object.keys(rows)
      .filter((topic) => !ours.includes(topic))
      .map((topic) => `no topic: ${topic}`),
  ];
}

export const clientOf = (sasl: SASLOptions | undefined, broker: string): Kafka =>
  new Kafka({
    brokers: [broker],
    clientId: 'spec',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    retry: { retries: 2, initialRetryTime: 50 },
    ...(sasl && { sasl }),
  });

export async function produce(kafka: Kafka, topic: string, value: object = {}): Promise<void> {
  const producer = kafka.producer({ allowAutoTopicCreation: false });
  try {
    await producer.connect();
    const messages = [{ key: 'x', value: JSON.stringify(value) }];
    await producer.send({ topic, acks: -1, messages });
  } finally {
    await producer.disconnect();
  }
}

/** Until it is in the group, or refused. */
async function joinGroup(kafka: Kafka, groupId: string, topic: string): Promise<void> {
  const retry = { restartOnFailure: () => Promise.resolve(false) };
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, retry });
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
      // Not at the event of its joining: a member that is stopped then goes on, and outlives the spec.
      consumer.run({ eachMessage: async () => undefined }).then(resolve, reject);
    });
  } finally {
    await consumer.disconnect();
  }
}

/** What kafkajs has for its consumers alone (2.2.4): they read in a group, and a group is a right of its own. */
interface Connections {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  addTargetTopic(topic: string): Promise<void>;
  findLeaderForPartitions(topic: string, partitions: number[]): Record<string, number[]>;
  findBroker(of: { nodeId: string }): Promise<{ fetch(request: object): Promise<unknown> }>;
}

/** Reads a topic as no member of any group. */
async function fetchFrom(kafka: Kafka, topic: string): Promise<void> {
  const key = Object.getOwnPropertySymbols(kafka).find(
    ({ description }) => description === 'private:Kafka:createCluster',
  );
  const makers = kafka as unknown as Record<symbol, (options: object) => Connections>;
  const connections = makers[key!]!({});
  try {
    await connections.connect();
    await connections.addTargetTopic(topic);
    const [nodeId = ''] = Object.keys(connections.findLeaderForPartitions(topic, [0]));
    const broker = await connections.findBroker({ nodeId });
    const partitions = [{ partition: 0, fetchOffset: '0', maxBytes: 1_000 }];
    await broker.fetch({
      replicaId: -1,
      isolationLevel: 0,
      maxWaitTime: 100,
      minBytes: 0,
      topics: [{ topic, partitions }],
    });
  } finally {
    await connections.disconnect();
  }
}

type Deed = (kafka: Kafka) => Promise<unknown>;

export const topicDeeds = (topic: string, { group }: TopicRow): Record<TopicDeed, Deed> => ({
  produce: (kafka) => produce(kafka, topic),
  fetch: (kafka) => fetchFrom(kafka, topic),
  'join its group': (kafka) => joinGroup(kafka, group, topic),
  'ask where its log ends': (kafka) => withAdmin(kafka, (a) => a.fetchTopicOffsets(topic)),
});

/** What concerns the whole broker, or more than messages. */
export const brokerDeeds: Readonly<Record<string, Deed>> = {
  'join a group of its own': (kafka) => joinGroup(kafka, 'spec', PAY_INS),
  "reset the workers' offsets": (kafka) =>
    withAdmin(kafka, (admin) =>
      admin.setOffsets({
        groupId: GROUP,
        topic: PAY_INS,
        partitions: [{ partition: 0, offset: '0' }],
      }),
    ),
  'delete records': (kafka) =>
    withAdmin(kafka, async (admin) => {
      // Else kafkajs does not know the leaders.
      await admin.fetchTopicOffsets(PAY_INS);
      await admin.deleteTopicRecords({
        topic: PAY_INS,
        partitions: [{ partition: 0, offset: '0' }],
      });
    }),
  'delete the topic': (kafka) =>
    withAdmin(kafka, (admin) => admin.deleteTopics({ topics: [LETTERS], timeout: 3_000 })),
  'alter the topic': (kafka) =>
    withAdmin(kafka, (admin) =>
      admin.alterConfigs({
        validateOnly: true,
        resources: [
          {
            type: ConfigResourceTypes.TOPIC,
            name: PAY_INS,
            configEntries: [{ name: 'retention.ms', value: '1' }],
          },
        ],
      }),
    ),
  'add partitions': (kafka) =>
    withAdmin(kafka, (admin) =>
      admin.createPartitions({
        validateOnly: true,
        topicPartitions: [{ topic: PAY_INS, count: 13 }],
      }),
    ),
  'create a topic': (kafka) =>
    withAdmin(kafka, (admin) =>
      admin.createTopics({ validateOnly: true, topics: [{ topic: 'spec' }] }),
    ),
  'grant rights': (kafka) =>
    withAdmin(kafka, (admin) =>
      admin.createAcls({
        acl: [
          {
            principal: 'User:nobody',
            host: '*',
            resourceType: kafkajs.AclResourceTypes.TOPIC,
            resourceName: 'nothing',
            resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
            operation: kafkajs.AclOperationTypes.DESCRIBE,
            permissionType: kafkajs.AclPermissionTypes.ALLOW,
          },
        ],
      }),
    ),
};
