import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import { findFreePorts, type Cluster, type ClusterOptions } from '@billing/cluster';
import { createCluster, eventually, Ledger } from '@billing/testing';
import { withAdmin } from '@billing/kafka/admin';
import type { Kafka, SASLOptions } from 'kafkajs';
import {
  brokerDeeds,
  clientOf as clientAt,
  findRowlessTopics,
  LETTERS,
  PAY_INS,
  produce,
  SHOP,
  topicDeeds,
  topicRows,
} from './topic-rows.js';
import { command } from './upstream.js';

// The broker of npm start, which knows its users: what each may do, tried by plain kafkajs. topic-rows.ts has the rows.
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
  clientAt(sasl, broker);

/** Every one that the broker knows. */
const users = [
  'kafka_admin',
  'kafka_gateway',
  'kafka_ledger_worker',
  'kafka_shop',
  'kafka_upstream',
] as const;

const balanceOf = async (account: bigint): Promise<bigint | undefined> =>
  (await ledger.localBalances([account])).get(account);

/** The tenants of the pay-ins to an account that wait. */
const parkedOf = async (account: bigint): Promise<string[]> =>
  (
    await ledger.rows<{ tenant: string }>(
      'select tenant from billing.parked_pay_ins where account_id = $1',
      [account],
    )
  ).map(({ tenant }) => tenant);

const produceAsShop = (payIn: object): Promise<void> =>
  produce(clientOf(loginOf('kafka_shop')), SHOP, payIn);

/** To whom a group is refused, kafkajs says that it has no coordinator. */
const refusal = /authoriz|GroupCoordinatorNotFound/i;

type Deeds = Readonly<Record<string, (kafka: Kafka) => Promise<unknown>>>;

/** Of these, what the broker does not refuse: it may still be that nothing is to be done. */
async function allowed(sasl: SASLOptions | undefined, deeds: Deeds): Promise<string[]> {
  const found: string[] = [];
  for (const [deed, act] of Object.entries(deeds)) {
    try {
      await act(clientOf(sasl));
      found.push(deed);
    } catch (error) {
      const text = inspect(error, { depth: 6 });
      if (sasl !== undefined && !refusal.test(text) && !/SASL/.test(text)) found.push(deed);
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

describe('the table of topics', () => {
  test('has a row for every topic and every user that there is', async () => {
    const admin = clientOf(loginOf('kafka_admin'));
    const topics = await withAdmin(admin, (a) => a.listTopics());
    expect(findRowlessTopics(topics)).toEqual([]);
    expect([...users].sort()).toEqual(Object.values(cluster.topology.kafkaUsers).sort());
  });

  test('lacks none unnoticed', () => {
    const { [SHOP]: _, ...others } = topicRows;
    expect(findRowlessTopics([PAY_INS, LETTERS, SHOP, '__consumer_offsets'], others)).toEqual([
      `no row: ${SHOP}`,
    ]);
    expect(findRowlessTopics([PAY_INS, SHOP])).toEqual([`no topic: ${LETTERS}`]);
  });

  describe.each(Object.entries(topicRows))('%s', (topic, row) => {
    const deeds = topicDeeds(topic, row);

    test.each<[string, () => SASLOptions | undefined]>([
      ['who has no user', () => undefined],
      [
        'who guesses a password',
        () => ({ mechanism: 'scram-sha-512', username: row.producer, password: 'guessed' }),
      ],
      [
        'a user that is not there',
        () => ({ mechanism: 'scram-sha-512', username: 'nobody', password: 'guessed' }),
      ],
    ])('lets in nobody: %s', async (_, login) => {
      expect(await allowed(login(), deeds)).toEqual([]);
    });

    test.each(users)('lets %s do what it needs and nothing else', async (user) => {
      const wanted = Object.entries(row.may)
        .filter(([, may]) => user === 'kafka_admin' || may.includes(user))
        .map(([deed]) => deed);
      expect(await allowed(loginOf(user), deeds)).toEqual(wanted);
    });

    test('credits no account of another tenant', async () => {
      const [foreign] = (await ledger.openAccounts(1, row.stranger)) as [bigint];
      const [own] = (await ledger.openAccounts(1, row.tenant)) as [bigint];
      const client = clientOf(loginOf(row.producer));
      const sent = command(foreign, '5.00');
      const isRead = row.tenant !== 'nobody';
      await produce(client, topic, sent);
      // Behind it in its partition, or, where nothing is read, in a topic that is.
      if (isRead) await produce(client, topic, command(own, '1.00'));
      else await produceAsShop(command(foreign, '1.00'));
      await eventually(
        async () => (isRead ? await balanceOf(own) : (await parkedOf(foreign)).length),
        (found) => found === (isRead ? 100n : 1),
        30_000,
      );
      expect(await balanceOf(foreign)).toBe(0n);
      expect(await parkedOf(foreign)).toEqual([row.tenant === 'nobody' ? 'shop' : row.tenant]);
    }, 60_000);
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

  test.each([
    ['a stranger', undefined, []],
    ['an upstream service', 'kafka_upstream', []],
    ['the shop', 'kafka_shop', []],
    ['the gateway', 'kafka_gateway', []],
    ['the worker', 'kafka_ledger_worker', ["reset the workers' offsets"]],
    // So each of these would succeed.
    ['the admin', 'kafka_admin', Object.keys(brokerDeeds)],
  ])(
    '%s may do with the broker what it needs and nothing else',
    async (_, username, wanted) => {
      expect(await allowed(loginOf(username), brokerDeeds)).toEqual(wanted);
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
