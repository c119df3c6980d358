import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { findFreePorts, type Cluster, type ClusterOptions } from '@billing/cluster';
import { createCluster, eventually, Ledger } from '@billing/testing';
import { withAdmin } from '@billing/kafka/admin';
import kafkajs, { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import { command } from './upstream.js';

// The broker of npm start, which knows its users: what each may do, tried by plain kafkajs.
const PAY_INS = 'billing.payin';
const LETTERS = 'billing.payin.dlq';
const GROUP = 'billing-ledger-worker';
const SHOP = 'billing.payin.shop';
const SHOP_GROUP = 'billing-ledger-worker.shop';
const { ConfigResourceTypes } = kafkajs;

const runFile = promisify(execFile);
const clone = fileURLToPath(new URL('../../..', import.meta.url));

let cluster: Cluster;
let ledger: Ledger;

const create = (options: ClusterOptions): Promise<Cluster> =>
  createCluster({ nodeCount: 1, postgres: { fsync: false }, ...options });

/** Undefined: a stranger, who has no user. */
function loginOf(username: string | undefined): SASLOptions | undefined {
  if (username === undefined) return undefined;
  const password = cluster.secrets.password(username);
  return { mechanism: 'scram-sha-512', username, password };
}

const clientOf = (sasl: SASLOptions | undefined, broker = cluster.kafkaBroker(1)): Kafka =>
  new Kafka({
    brokers: [broker],
    clientId: 'spec',
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    retry: { retries: 2, initialRetryTime: 50 },
    ...(sasl && { sasl }),
  });

async function produce(kafka: Kafka, topic: string, value: object = {}): Promise<void> {
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
async function joinGroup(kafka: Kafka, groupId: string, topic = PAY_INS): Promise<void> {
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

const deeds: Readonly<Record<string, (kafka: Kafka) => Promise<unknown>>> = {
  'produce pay-ins': (kafka) => produce(kafka, PAY_INS),
  "produce to the shop's topic": (kafka) => produce(kafka, SHOP),
  'produce dead letters': (kafka) => produce(kafka, LETTERS),
  "join the workers' group": (kafka) => joinGroup(kafka, GROUP),
  "join the group of the shop's topic": (kafka) => joinGroup(kafka, SHOP_GROUP, SHOP),
  'join a group of its own': (kafka) => joinGroup(kafka, 'spec'),
  'ask where the log ends': (kafka) => withAdmin(kafka, (a) => a.fetchTopicOffsets(PAY_INS)),
  "ask where the shop's log ends": (kafka) => withAdmin(kafka, (a) => a.fetchTopicOffsets(SHOP)),
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

/** To whom a group is refused, kafkajs says that it has no coordinator. */
const refusal = /authoriz|GroupCoordinatorNotFound/i;

/** Of all that, what the broker does not refuse: it may still be that nothing is to be done. */
async function allowed(username: string | undefined): Promise<string[]> {
  const found: string[] = [];
  for (const [deed, act] of Object.entries(deeds)) {
    try {
      await act(clientOf(loginOf(username)));
      found.push(deed);
    } catch (error) {
      if (username !== undefined && !refusal.test(inspect(error, { depth: 6 }))) found.push(deed);
    }
  }
  return found;
}

/** Of an app that is ready but for a topic that it may not use. */
const refused = (topic: string): object => ({
  status: 'ready',
  notes: {
    [topic]:
      'this user may not use the topic: give it rights at the broker (ACLs; docs/upstream.md names the topics)' +
      ' (Not authorized to access topics: [Topic authorization failed])',
  },
});

afterAll(async () => {
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

describe('a home whose broker knew no users', () => {
  test('is taken over with its messages, and lets strangers in no longer', async () => {
    const before = await create({ kafkaUsers: false });
    await before.start();
    cluster = before;
    ledger = new Ledger(cluster, 1);
    const [account] = (await ledger.openAccounts(1)) as [bigint];
    const payIn = command(account, '1.00');
    await produce(clientOf(undefined), PAY_INS, payIn);
    const balance = (): Promise<bigint | undefined> =>
      ledger.localBalances([account]).then((balances) => balances.get(account));
    await eventually(balance, (found) => found === 100n, 30_000);
    const ends = await withAdmin(clientOf(undefined), (admin) => admin.fetchTopicOffsets(PAY_INS));
    await ledger.close();
    await before.stop();
    // As the version before there were upstream topics left it.
    writeFileSync(join(before.layout.nodeFolder(1), 'kafka', 'topics-created'), '');

    cluster = await create({ home: before.home, kafkaUsers: true });
    ledger = new Ledger(cluster, 1);
    await cluster.start();
    const upstream = clientOf(loginOf('kafka_upstream'));
    expect(await withAdmin(upstream, (admin) => admin.fetchTopicOffsets(PAY_INS))).toEqual(ends);
    await produce(upstream, PAY_INS, command(account, '2.00'));
    await eventually(balance, (found) => found === 300n, 30_000);

    const [shops] = (await ledger.openAccounts(1, 'shop')) as [bigint];
    await produce(clientOf(loginOf('kafka_shop')), SHOP, command(shops, '4.00'));
    await eventually(
      () => ledger.localBalances([shops]),
      (balances) => balances.get(shops) === 400n,
      30_000,
    );
  }, 120_000);

  test('is its owner’s alone where Kafka keeps its messages, its passwords and its logs', () => {
    const modeOf = (...path: string[]): number => statSync(join(...path)).mode & 0o777;
    const kafka = join(cluster.layout.nodeFolder(1), 'kafka');
    expect([modeOf(kafka), modeOf(cluster.layout.logsFolder)]).toEqual([0o700, 0o700]);
    expect(modeOf(kafka, 'data')).toBe(0o700);
    for (const file of ['server.properties', 'admin.properties']) {
      expect(modeOf(kafka, file)).toBe(0o600);
    }
    for (const user of Object.values(cluster.topology.kafkaUsers)) {
      expect(modeOf(cluster.secrets.passwordFile(user))).toBe(0o600);
    }
  });
});

describe('at the broker of npm start', () => {
  test('the demo and the example produce as the upstream user', async () => {
    const demo = [join(clone, 'tools/demo/bin/demo.mjs'), '--home', cluster.home, '--limit', '50'];
    const { stdout } = await runFile(process.execPath, demo);
    expect(stdout).toContain('mismatches  none');

    const [account] = (await ledger.openAccounts(1)) as [bigint];
    const rows = join(cluster.home, 'pay-ins.ndjson');
    writeFileSync(rows, JSON.stringify(command(account, '1.00')));
    const example = [join(clone, 'examples/upstream-producer/produce.mjs'), rows];
    example.push('--brokers', cluster.kafkaBroker(1), '--username', 'kafka_upstream');
    example.push('--password-file');
    const right = cluster.secrets.passwordFile('kafka_upstream');
    await runFile(process.execPath, [...example, right]);
    await eventually(
      () => ledger.localBalances([account]),
      (balances) => balances.get(account) === 100n,
      30_000,
    );
    const [shops] = (await ledger.openAccounts(1, 'shop')) as [bigint];
    writeFileSync(rows, JSON.stringify(command(shops, '2.00')));
    const own = cluster.secrets.passwordFile('kafka_shop');
    const login = [own, '--username', 'kafka_shop', '--topic', SHOP];
    await runFile(process.execPath, [...example, ...login]);
    await eventually(
      () => ledger.localBalances([shops]),
      (balances) => balances.get(shops) === 200n,
      30_000,
    );
    const wrong = cluster.secrets.passwordFile('kafka_gateway');
    await expect(runFile(process.execPath, [...example, wrong])).rejects.toMatchObject({
      stderr: expect.stringContaining('invalid credentials'),
    });
  }, 60_000);

  test.each<[string, string | undefined, string[]]>([
    ['a stranger', undefined, []],
    ['an upstream service', 'kafka_upstream', ['produce pay-ins', 'ask where the log ends']],
    [
      'the shop, which has a topic of its own,',
      'kafka_shop',
      ["produce to the shop's topic", "ask where the shop's log ends"],
    ],
    [
      'the gateway',
      'kafka_gateway',
      ['produce pay-ins', 'ask where the log ends', "ask where the shop's log ends"],
    ],
    [
      'the worker',
      'kafka_ledger_worker',
      [
        'produce dead letters',
        "join the workers' group",
        "join the group of the shop's topic",
        'ask where the log ends',
        "ask where the shop's log ends",
        "reset the workers' offsets",
      ],
    ],
  ])(
    '%s may do what it needs and nothing else',
    async (_, username, wanted) => {
      expect(await allowed(username)).toEqual(wanted);
    },
    60_000,
  );

  test('a topic that brokers refuse to worker and gateway is told, and stops no other', async () => {
    const other = 'billing.payin.other';
    const topic = { topic: other, numPartitions: 1 };
    const admin = clientOf(loginOf('kafka_admin'));
    await withAdmin(admin, (a) => a.createTopics({ topics: [topic] }));
    const ports = await findFreePorts(2);
    const [httpPort] = await findFreePorts(1);
    const apps = (['ledger-worker', 'gateway'] as const).map((kind, index) =>
      spawn(process.execPath, [join(clone, 'apps', kind, 'dist/main.js')], {
        env: {
          ...cluster.appEnvironment(kind, 1),
          PAY_IN_UPSTREAM_TOPICS: 'other=shop shop=shop',
          HTTP_PORT: String(httpPort),
          MANAGEMENT_PORT: String(ports[index]),
        },
        stdio: 'ignore',
      }),
    );
    const ends = Promise.all(apps.map((app) => once(app, 'exit')));
    try {
      for (const port of ports) {
        await eventually(
          async () => (await fetch(`http://127.0.0.1:${port}/health/ready`)).text(),
          (body) => body === JSON.stringify(refused(other)),
          30_000,
        );
      }
      const [account] = (await ledger.openAccounts(1, 'shop')) as [bigint];
      await produce(clientOf(loginOf('kafka_shop')), SHOP, command(account, '1.00'));
      await eventually(
        () => ledger.localBalances([account]),
        (balances) => balances.get(account) === 100n,
        30_000,
      );
    } finally {
      for (const app of apps) app.kill('SIGTERM');
      expect(await ends).toEqual([
        [0, null],
        [0, null],
      ]);
    }
  }, 90_000);

  test('the admin may do everything, so each of these would succeed', async () => {
    expect(await allowed('kafka_admin')).toEqual(Object.keys(deeds));
  }, 60_000);

  test.each([
    ['a password that is not its own', 'kafka_upstream', 'guessed'],
    ['a user that is not there', 'nobody', 'guessed'],
  ])('%s lets nobody in', async (_, username, password) => {
    const kafka = clientOf({ mechanism: 'scram-sha-512', username, password });
    await expect(produce(kafka, PAY_INS)).rejects.toThrow(/SASL/);
  });

  test('the controller lets the admin in alone', async () => {
    const controller = `127.0.0.1:${cluster.ports(1).kafkaController}`;
    const plain = (username: string): SASLOptions => ({
      mechanism: 'plain',
      username,
      password: cluster.secrets.password(username),
    });
    const connect = (sasl: SASLOptions | undefined): Promise<unknown> =>
      withAdmin(clientOf(sasl, controller), () => Promise.resolve('in'));
    expect(await connect(plain('kafka_admin'))).toBe('in');
    await expect(connect(plain('kafka_gateway'))).rejects.toThrow(/SASL/);
    await expect(connect(loginOf('kafka_admin'))).rejects.toThrow(/SASL/);
    await expect(
      withAdmin(clientOf(undefined, controller), (a) => a.listTopics()),
    ).rejects.toThrow();
  });

  test('another password in its file holds from the next start on', async () => {
    const before = loginOf('kafka_upstream');
    await cluster.stop();
    writeFileSync(cluster.secrets.passwordFile('kafka_upstream'), 'another\n');
    cluster = await create({ home: cluster.home, kafkaUsers: true, members: ['kafka'] });
    await cluster.start();
    await produce(clientOf(loginOf('kafka_upstream')), PAY_INS);
    await expect(produce(clientOf(before), PAY_INS)).rejects.toThrow(/SASL/);
  }, 60_000);
});
