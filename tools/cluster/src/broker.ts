import { readFileSync } from 'node:fs';
import type { BrokerOptions } from '@billing/kafka/admin';
import { adminLogin, controllerLogin, type KafkaLogin, type KafkaUsers } from './kafka-users.js';
import type { TlsFiles } from './cluster-tls.js';
import { pollingAddress } from './ports.js';
import type { Topic } from './topology.js';

const createTimeoutMs = 20_000;

// kafkajs is loaded when there is a broker to ask: what only reads a home starts without it.
const loadAdmin = (): Promise<typeof import('@billing/kafka/admin')> =>
  import('@billing/kafka/admin');

/** Without users: as nobody, in plain text. */
export async function isBrokerAnswering(
  host: string,
  port: number,
  users?: KafkaUsers,
): Promise<boolean> {
  const admin = await loadAdmin();
  return admin.isBrokerAnswering(optionsOf(host, port, users && adminLogin(users), users?.tls));
}

/** Makes the topics that are missing; those that exist stay as they are. */
export async function createTopics(
  host: string,
  port: number,
  topics: readonly Topic[],
  users?: KafkaUsers,
): Promise<void> {
  const admin = await loadAdmin();
  const options = optionsOf(host, port, users && adminLogin(users), users?.tls);
  await admin.createTopics(options, topics, createTimeoutMs);
}

/** Gives the users their passwords, if the broker is there to take them. */
export async function tryMakeUsers(
  host: string,
  controllerPort: number,
  users: KafkaUsers,
): Promise<boolean> {
  const admin = await loadAdmin();
  const options = optionsOf(host, controllerPort, controllerLogin(users), users.tls);
  return admin.trySetPasswords(options, users.passwords);
}

/** Each user may do what is its own, and nothing else. */
export async function grantRights(host: string, port: number, users: KafkaUsers): Promise<void> {
  const admin = await loadAdmin();
  await admin.grantRights(optionsOf(host, port, adminLogin(users), users.tls), users.rights);
}

function optionsOf(
  host: string,
  port: number,
  sasl: KafkaLogin | undefined,
  tls: TlsFiles | undefined,
): BrokerOptions {
  const security = sasl && { sasl, ssl: tls && { ca: readFileSync(tls.caFile, 'utf8') } };
  return {
    brokers: [`${host}:${port}`],
    clientId: 'cluster-engine',
    security,
    ...pollingAddress(host),
  };
}
