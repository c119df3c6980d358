import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePorts, type Cluster } from '@billing/cluster';
import {
  DeadLetterProducer,
  KafkaBatchServer,
  PayInProducer,
  readKafkaSecurity,
  readKafkaSettings,
  TopicOffsets,
  type BatchDelivery,
  type KafkaSecurityFiles,
} from '@billing/kafka';
import {
  createCluster,
  eventually,
  Ledger,
  makeCertificates,
  type Certificates,
} from '@billing/testing';
import kafkajs, { Kafka, logLevel, type AclEntry } from 'kafkajs';
import { command } from './upstream.js';

// A broker that lets in whom it knows, over TLS, for what each may do, and wants a certificate of
// each besides. Gateway and worker are the apps themselves.
const GROUP = 'billing-ledger-worker';
const PAY_INS = 'billing.payin';
const LETTERS = 'billing.payin.dlq';
const passwords = { gateway: 'of-the-gateway', worker: 'of-the-worker', stranger: 'of-nobody' };

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;

let folder: string;
let own: Certificates;
let other: Certificates;
let cluster: Cluster;
let ledger: Ledger;
let port: number;
const ends: (() => Promise<unknown>)[] = [];
const said: string[] = [];
const say = ({ reason = '' }: { reason?: string }, text: string): void => {
  said.push(`${text}: ${reason}`);
};
const log = { debug: () => undefined, info: say, warn: say, error: say };

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'billing-secured-'));
  [own, other] = [makeCertificates(folder, 'own'), makeCertificates(folder, 'other')];
  [port] = (await findFreePorts(1)) as [number];
  const users = Object.entries(passwords);
  for (const [name, password] of users) writeFileSync(join(folder, name), `${password}\n`);
  cluster = await createCluster({
    nodeCount: 1,
    postgres: { fsync: false },
    kafka: {
      secured: { port, keystoreFile: own.keystoreFile, users: passwords },
      settings: {
        'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
        // The plain listener, by which the spec and the broker itself come in.
        'super.users': 'User:ANONYMOUS',
        'listener.name.secured.ssl.client.auth': 'required',
        'listener.name.secured.ssl.truststore.type': 'PEM',
        'listener.name.secured.ssl.truststore.location': own.caFile,
      },
    },
    appEnvironment: { gateway: environmentOf('gateway'), 'ledger-worker': environmentOf('worker') },
  });
  // The apps start before they may do anything, and are ready once they may.
  await Promise.all([cluster.start(), grantAll()]);
  ledger = new Ledger(cluster, 1);
}, 120_000);
afterAll(async () => {
  await ledger?.close();
  await cluster?.destroy();
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

const environmentOf = (user: string): Record<string, string> => ({
  KAFKA_BROKERS: `127.0.0.1:${port}`,
  KAFKA_SSL_CA_FILE: own.caFile,
  KAFKA_SSL_CERT_FILE: own.certFile,
  KAFKA_SSL_KEY_FILE: own.keyFile,
  KAFKA_SASL_MECHANISM: 'scram-sha-512',
  KAFKA_SASL_USERNAME: user,
  KAFKA_SASL_PASSWORD_FILE: join(folder, user),
});

/** By the plain listener. */
async function asOperator<T>(act: (admin: kafkajs.Admin) => Promise<T>): Promise<T> {
  const kafka = new Kafka({ brokers: [cluster.kafkaBroker(1)], logLevel: logLevel.NOTHING });
  const admin = kafka.admin();
  await admin.connect();
  return act(admin).finally(() => admin.disconnect());
}

type Right = readonly [keyof typeof AclResourceTypes, string, keyof typeof AclOperationTypes];

const rightsOf = (user: string, rights: readonly Right[]): AclEntry[] =>
  rights.map(([type, resourceName, operation]) => ({
    principal: `User:${user}`,
    host: '*',
    resourceType: AclResourceTypes[type],
    resourceName,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
  }));

/** The table of docs/connections.md. */
const gatewayRights: readonly Right[] = [
  ['TOPIC', PAY_INS, 'WRITE'],
  ['TOPIC', PAY_INS, 'DESCRIBE'],
];
const workerRights: readonly Right[] = [
  ['TOPIC', PAY_INS, 'READ'],
  ['TOPIC', PAY_INS, 'DESCRIBE_CONFIGS'],
  ['TOPIC', LETTERS, 'WRITE'],
  ['TOPIC', LETTERS, 'DESCRIBE_CONFIGS'],
  ['GROUP', GROUP, 'READ'],
  ['CLUSTER', 'kafka-cluster', 'DESCRIBE_CONFIGS'],
];

const grant = (user: string, rights: readonly Right[]): Promise<unknown> =>
  asOperator((admin) => admin.createAcls({ acl: rightsOf(user, rights) }));
const revoke = (user: string, rights: readonly Right[]): Promise<unknown> =>
  asOperator((admin) => admin.deleteAcls({ filters: rightsOf(user, rights) }));

const grantAll = (): Promise<unknown> =>
  eventually(
    async () => {
      await grant('gateway', gatewayRights);
      await grant('worker', workerRights);
    },
    () => true,
    60_000,
  );

interface Change {
  readonly password?: string;
  readonly ca?: string;
  /** Whose certificate is shown; null: none. */
  readonly as?: Certificates | null;
  readonly ssl?: false;
  readonly sasl?: false;
  readonly broker?: string;
}

/** How an app reaches the broker, its files read as an app reads them. */
function connectionOf(username: string, change: Change = {}) {
  const passwordFile = join(folder, `password-of-${username}-${randomUUID()}`);
  const password = change.password ?? passwords[username as keyof typeof passwords];
  writeFileSync(passwordFile, `${password}\n`);
  const shown = change.as === null ? undefined : (change.as ?? own);
  const { certFile, keyFile } = shown ?? {};
  const files = { caFile: change.ca ?? own.caFile, certFile, keyFile };
  const security: KafkaSecurityFiles = {
    ssl: change.ssl === false ? undefined : files,
    sasl:
      change.sasl === false ? undefined : { mechanism: 'scram-sha-512', username, passwordFile },
  };
  return {
    brokers: [change.broker ?? `127.0.0.1:${port}`],
    clientId: 'spec',
    log,
    security: readKafkaSecurity(security),
  };
}

function startProducer(username: string, change?: Change, deadlineMs = 20_000): PayInProducer {
  const producer = new PayInProducer({
    ...connectionOf(username, change),
    deadlineMs,
    lingerMs: 2,
    batchMessagesMax: 100,
    batchBytesMax: 500_000,
    queueMax: 5_000,
  });
  ends.push(() => producer.stop());
  producer.start();
  return producer;
}

function startConsumer(username: string, groupId: string, change?: Change) {
  const server = new KafkaBatchServer({
    ...connectionOf(username, change),
    groupId,
    members: 1,
    partitionsConcurrent: 1,
    fetchBytesMax: 600_000,
    sessionTimeoutMs: 10_000,
  });
  const received: string[] = [];
  const crashes: Error[] = [];
  server.on('crashed', (error) => crashes.push(error));
  const handler = async ({ batch }: BatchDelivery) => {
    received.push(...batch.messages.map(({ value }) => value!.toString()));
    return { nextOffset: batch.nextOffset };
  };
  server.addHandler(PAY_INS, handler as never, true);
  ends.push(() => server.close());
  server.listen((error) => error !== undefined && crashes.push(error as Error));
  return { server, received, crashes };
}

afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
  said.splice(0);
});

const payIn = (accountId: bigint | string = '1') => ({
  ...command(BigInt(accountId), '1.00'),
  accountId: String(accountId),
});

describe('a user that the broker knows', () => {
  test('publishes by the gateway, and the worker credits it, with what docs/connections.md grants', async () => {
    const [account] = (await ledger.openAccounts(1)) as [bigint];
    const answer = await fetch(`${cluster.gatewayUrl(1)}/v1/pay-ins`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await cluster.signToken()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(payIn(account)),
    });
    expect(answer.status).toBe(202);
    const producer = startProducer('gateway');
    await producer.publish(payIn(account));
    await eventually(
      () => ledger.localBalances([account]),
      (balances) => balances.get(account) === 200n,
      30_000,
    );
    expect(await producer.failure()).toBeUndefined();
  }, 60_000);

  test('asks for offsets and settings, and writes copies of dead letters', async () => {
    const offsets = new TopicOffsets(PAY_INS, connectionOf('gateway'));
    ends.push(() => offsets.close());
    expect((await offsets.watermarks()).size).toBe(12);
    const settings = await readKafkaSettings(connectionOf('worker'), [PAY_INS, LETTERS]);
    expect(settings.map(({ setting }) => setting)).toContain('transaction.max.timeout.ms');
    const letters = new DeadLetterProducer(LETTERS, connectionOf('worker'));
    ends.push(() => letters.close());
    await letters.send([{ key: null, value: Buffer.from('x'), headers: {} }]);
  }, 60_000);
});

test('a key of another certificate is refused before anything is asked', () => {
  const ssl = { caFile: undefined, certFile: own.certFile, keyFile: other.keyFile };
  expect(() => readKafkaSecurity({ ssl, sasl: undefined })).toThrow(
    /KAFKA_SSL_KEY_FILE: .* is not the key of the certificate/,
  );
});

describe('is refused, and told what to mend', () => {
  const plain = (): string => cluster.kafkaBroker(1);

  test.each<[string, () => Change, RegExp]>([
    ['a wrong password', () => ({ password: 'guessed' }), /KAFKA_SASL_PASSWORD_FILE/],
    ['a CA that the broker is not of', () => ({ ca: other.caFile }), /KAFKA_SSL_CA_FILE/],
    ['a client of another CA', () => ({ as: other }), /KAFKA_SSL_CERT_FILE/],
    ['a client without a certificate', () => ({ as: null }), /KAFKA_SSL_CERT_FILE/],
    ['nobody', () => ({ sasl: false }), /KAFKA_SASL_MECHANISM/],
    ['plain text', () => ({ ssl: false }), /KAFKA_SSL_CA_FILE/],
    ['plain text as nobody', () => ({ ssl: false, sasl: false }), /KAFKA_SSL_CA_FILE/],
    ['TLS where there is none', () => ({ broker: plain() }), /no TLS at this address/],
    [
      'a user where there are none',
      () => ({ broker: plain(), ssl: false }),
      /KAFKA_BROKERS|KAFKA_SASL_MECHANISM/,
    ],
  ])(
    '%s',
    async (_, change, words) => {
      const producer = startProducer('gateway', change());
      const failure = await eventually(
        () => producer.failure(),
        (found) => found !== 'not connected yet',
        20_000,
      );
      expect(failure).toMatch(words);
      const told = await eventually(
        async () => said.filter((line) => line.includes('refuses this gateway')),
        (lines) => lines.length > 0,
      );
      expect(told).toEqual([expect.stringMatching(words)]);
      const worker = startConsumer('worker', GROUP, change());
      await eventually(
        async () => said.filter((line) => line.includes('refuses this consumer')),
        (lines) => lines.length > 0,
        40_000,
      );
      expect(await worker.server.failure(PAY_INS)).toMatch(words);
      expect(worker.crashes).toEqual([]);
      expect(said.join()).not.toMatch(/guessed|of-the-/);
    },
    60_000,
  );

  test('a user without rights, by the producer, the offsets and the copies', async () => {
    const producer = startProducer('stranger');
    const failure = await eventually(
      () => producer.failure(),
      (found) => found !== 'not connected yet',
      20_000,
    );
    expect(failure).toMatch(/may not use the topic/);
    const offsets = new TopicOffsets(PAY_INS, connectionOf('stranger'));
    await expect(offsets.watermarks()).rejects.toThrow('may not use the topic');
    const letters = new DeadLetterProducer(LETTERS, connectionOf('stranger'));
    ends.push(() => letters.close());
    const copy = { key: null, value: Buffer.from('x'), headers: {} };
    await expect(letters.send([copy])).rejects.toThrow('may not use the topic');
  }, 60_000);

  test('a user that may look and not write: told for a while after each batch', async () => {
    await grant('stranger', [['TOPIC', PAY_INS, 'DESCRIBE']]);
    try {
      const producer = startProducer('stranger', {}, 1_000);
      // A batch that came to the broker: on a busy machine one may be late already when the link is up.
      const refusal = async (): Promise<string | undefined> => {
        await expect(producer.publish(payIn())).rejects.toThrow();
        await eventually(
          async () => said.at(-1),
          (last) => last?.includes('connected to the broker') ?? false,
        );
        return producer.failure();
      };
      await eventually(refusal, (told) => told?.includes('may not use the topic') ?? false);
      await grant('stranger', [['TOPIC', PAY_INS, 'WRITE']]);
      await eventually(
        () => producer.publish(payIn()),
        () => true,
      );
      expect(await producer.failure()).toBeUndefined();
    } finally {
      await revoke('stranger', gatewayRights);
    }
  }, 60_000);
});

describe('what an operator mends at the broker is noticed', () => {
  const untilFailure = (server: KafkaBatchServer, words: RegExp): Promise<unknown> =>
    eventually(
      () => server.failure(PAY_INS),
      (found) => words.test(found ?? ''),
      30_000,
    );

  test('a password that becomes the right one', async () => {
    const group = `group-${randomUUID()}`;
    const rights: readonly Right[] = [
      ['TOPIC', PAY_INS, 'READ'],
      ['GROUP', group, 'READ'],
    ];
    await grant('stranger', rights);
    try {
      const { server, received, crashes } = startConsumer('stranger', group, {
        password: 'set-later',
      });
      await untilFailure(server, /KAFKA_SASL_PASSWORD_FILE/);
      await startProducer('gateway').publish(payIn());
      await setPassword('stranger', 'set-later');
      await eventually(
        async () => received.length,
        (count) => count > 0,
        30_000,
      );
      expect(await server.failure(PAY_INS)).toBeUndefined();
      expect(crashes).toEqual([]);
    } finally {
      await setPassword('stranger', passwords.stranger);
      await revoke('stranger', rights);
    }
  }, 90_000);

  test.each<[string, (group: string) => Right, RegExp]>([
    ['a topic', () => ['TOPIC', PAY_INS, 'READ'], /may not use the topic/],
    ['a group', (group) => ['GROUP', group, 'READ'], /WORKER_GROUP_ID/],
  ])(
    'the right to %s, taken from a consumer at work and given back',
    async (_, toRight, words) => {
      const group = `group-${randomUUID()}`;
      const right = toRight(group);
      const rights: readonly Right[] = [
        ['TOPIC', PAY_INS, 'READ'],
        ['TOPIC', PAY_INS, 'DESCRIBE'],
        ['GROUP', group, 'READ'],
      ];
      await grant('stranger', rights);
      try {
        const { server, received, crashes } = startConsumer('stranger', group);
        const producer = startProducer('gateway');
        await producer.publish(payIn());
        await eventually(
          async () => received.length,
          (count) => count > 0,
          30_000,
        );
        await revoke('stranger', [right]);
        await untilFailure(server, words);
        await grant('stranger', [right]);
        const last = payIn();
        await producer.publish(last);
        await eventually(
          async () => received.join(),
          (all) => all.includes(last.commandId),
          30_000,
        );
        expect(await server.failure(PAY_INS)).toBeUndefined();
        expect(crashes).toEqual([]);
      } finally {
        await revoke('stranger', rights);
      }
    },
    90_000,
  );
});

async function setPassword(user: string, password: string): Promise<void> {
  const config = `SCRAM-SHA-512=[password=${password}]`;
  const { code, output } = await cluster.runKafkaProgram(1, {
    args: [
      ...['kafka.admin.ConfigCommand', '--bootstrap-server', cluster.kafkaBroker(1), '--alter'],
      ...['--add-config', config, '--entity-type', 'users', '--entity-name', user],
    ],
    timeoutMs: 30_000,
  });
  if (code !== 0) throw new Error(output);
}
