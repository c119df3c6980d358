import { pollingAddress } from './ports.js';
import type { Topic } from './topology.js';

const createTimeoutMs = 20_000;

// kafkajs is loaded when there is a broker to ask: what only reads a home starts without it.
const loadAdmin = (): Promise<typeof import('@billing/kafka/admin')> =>
  import('@billing/kafka/admin');

export async function isBrokerAnswering(host: string, port: number): Promise<boolean> {
  const admin = await loadAdmin();
  return admin.isBrokerAnswering(optionsOf(host, port));
}

/** Makes the topics that are missing; those that exist stay as they are. */
export async function createTopics(
  host: string,
  port: number,
  topics: readonly Topic[],
): Promise<void> {
  const admin = await loadAdmin();
  await admin.createTopics(optionsOf(host, port), topics, createTimeoutMs);
}

function optionsOf(host: string, port: number) {
  return { brokers: [`${host}:${port}`], clientId: 'cluster-engine', ...pollingAddress(host) };
}
