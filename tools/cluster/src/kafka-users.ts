import { createHash } from 'node:crypto';
import type { KafkaRight } from '@billing/kafka/admin';
import type { KafkaUserNames, Topology } from './topology.js';

/** Whom a broker lets in, by SCRAM-SHA-512, and for what. */
export interface KafkaUsers {
  readonly admin: string;
  /** By name, that of the admin too. */
  readonly passwords: Readonly<Record<string, string>>;
  readonly rights: readonly KafkaRight[];
}

export interface KafkaLogin {
  readonly mechanism: 'plain' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

/** WORKER_GROUP_ID of libs/config, which nobody here sets otherwise. */
const workerGroup = 'billing-ledger-worker';

export function kafkaUsersOf(
  { kafkaUsers, topics }: Topology,
  password: (user: string) => string,
): KafkaUsers {
  const [payIns, letters] = topics as [Topology['topics'][0], Topology['topics'][0]];
  const names = Object.values(kafkaUsers);
  return {
    admin: kafkaUsers.admin,
    passwords: Object.fromEntries(names.map((name) => [name, password(name)])),
    rights: kafkaRights(kafkaUsers, payIns.name, letters.name),
  };
}

/** The table of docs/connections.md. */
function kafkaRights(
  { gateway, ledgerWorker, upstream }: Omit<KafkaUserNames, 'admin'>,
  payIns: string,
  letters: string,
): KafkaRight[] {
  const topic = (user: string, name: string, operation: KafkaRight['operation']): KafkaRight => ({
    user,
    resource: 'TOPIC',
    name,
    operation,
  });
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
