import { createHash } from 'node:crypto';
import type { KafkaRight } from '@billing/kafka/admin';
import type { TlsFiles } from './cluster-tls.js';
import type { KafkaUserNames, OwnedTopic, Topology } from './topology.js';

/** Whom a broker lets in, by SCRAM-SHA-512, and for what. */
export interface KafkaUsers {
  readonly admin: string;
  /** By name, that of the admin too. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly rights: readonly KafkaRight[];
  /** Brokers show this certificate, and speak TLS alone; else all is in plain text. */
  readonly tls?: TlsFiles | undefined;
}

export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** WORKER_GROUP_ID of libs/config, which nobody here sets otherwise; of an upstream topic with its name behind it. */
const workerGroup = 'billing-ledger-worker';

export function kafkaUsersOf(
  { kafkaUsers, topics, upstreamTopics }: Topology,
  password: (user: string) => string,
  tls?: TlsFiles,
): KafkaUsers {
  const [payIns, letters] = topics as [Topology['topics'][0], Topology['topics'][0]];
  const names = Object.values(kafkaUsers);
  return {
    tls,
    admin: kafkaUsers.admin,
    passwords: Object.fromEntries(names.map((name) => [name, password(name)])),
    rights: [
      ...kafkaRights(kafkaUsers, payIns.name, letters.name),
      ...upstreamTopics.flatMap((topic) => ownedTopicRights(kafkaUsers, topic, payIns.name)),
    ],
  };
}

const topic = (user: string, name: string, operation: KafkaRight['operation']): KafkaRight => ({
  user,
  resource: 'TOPIC',
  name,
  operation,
});

/** The table of docs/connections.md. */
function kafkaRights(
  { gateway, ledgerWorker, upstream }: Omit<KafkaUserNames, 'admin'>,
  payIns: string,
  letters: string,
): KafkaRight[] {
  return [
    topic(upstream, payIns, 'WRITE'),
    topic(upstream, payIns, 'DESCRIBE'),
    topic(gateway, payIns, 'WRITE'),
    topic(gateway, payIns, 'DESCRIBE'),
    topic(ledgerWorker, payIns, 'READ'),
    topic(ledgerWorker, payIns, 'DESCRIBE_CONFIGS'),
    topic(ledgerWorker, letters, 'WRITE'),
    topic(ledgerWorker, letters, 'DESCRIBE_CONFIGS'),
    { user: ledgerWorker, resource: 'GROUP', name: workerGroup, operation: 'READ' },
    {
      user: ledgerWorker,
      resource: 'CLUSTER',
      name: 'kafka-cluster',
      operation: 'DESCRIBE_CONFIGS',
    },
  ];
}

/** Its user alone writes it; the gateway tells its lag, the worker reads it in a group of its own. */
function ownedTopicRights(
  { gateway, ledgerWorker }: KafkaUserNames,
  { name, user }: OwnedTopic,
  payIns: string,
): KafkaRight[] {
  const group = workerGroup + name.slice(payIns.length);
  return [
    topic(user, name, 'WRITE'),
    topic(user, name, 'DESCRIBE'),
    topic(gateway, name, 'DESCRIBE'),
    topic(ledgerWorker, name, 'READ'),
    topic(ledgerWorker, name, 'DESCRIBE_CONFIGS'),
    { user: ledgerWorker, resource: 'GROUP', name: group, operation: 'READ' },
  ];
}

/** What brokers and their clients call it. */
export function securityProtocol({ tls }: Pick<KafkaUsers, 'tls'>): 'SASL_SSL' | 'SASL_PLAINTEXT' {
  return tls === undefined ? 'SASL_PLAINTEXT' : 'SASL_SSL';
}

/** As whom topics are made. */
export function adminLogin({ admin, passwords }: KafkaUsers): KafkaLogin {
  return { mechanism: 'scram-sha-512', username: admin, password: passwords[admin]! };
}

/** The same user at the controller's listener, where the broker itself comes in before anybody is known. */
export function controllerLogin(users: KafkaUsers): KafkaLogin {
  return { ...adminLogin(users), mechanism: 'plain' };
}

/** Another one when a password or a right is another; tells no password. */
export function fingerprint({ passwords, rights }: KafkaUsers): string {
  return createHash('sha256').update(JSON.stringify({ passwords, rights })).digest('hex');
}
