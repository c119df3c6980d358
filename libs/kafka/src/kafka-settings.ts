import { kafkaSettingRules, type FoundKafkaSetting } from '@billing/contracts';
import kafkajs, { type Admin } from 'kafkajs';
import { explained } from './broker-refusal.errors.js';
import { createImpatientClient, type KafkaClientOptions } from './kafka-client.js';

const { ConfigResourceTypes } = kafkajs;

/**
 * Reads from the brokers what the rules are about, over a connection of its own that ends with it.
 * @throws KafkaJSError, BrokerRefusalError: this client may not ask
 */
export async function readKafkaSettings(options: KafkaClientOptions): Promise<FoundKafkaSetting[]> {
  const admin = createImpatientClient(options).admin();
  try {
    await admin.connect();
    return await ask(admin);
  } catch (error) {
    throw explained(error);
  } finally {
    await admin.disconnect();
  }
}

async function ask(admin: Admin): Promise<FoundKafkaSetting[]> {
  const { brokers } = await admin.describeCluster();
  const topics = new Set(kafkaSettingRules.flatMap(({ topic }) => topic ?? []));
  const namesOf = (wanted: string | undefined): string[] =>
    kafkaSettingRules.filter(({ topic }) => topic === wanted).map(({ setting }) => setting);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [
      ...[...topics].map((name) => ({
        type: ConfigResourceTypes.TOPIC,
        name,
        configNames: namesOf(name),
      })),
      ...brokers.map(({ nodeId }) => ({
        type: ConfigResourceTypes.BROKER,
        name: String(nodeId),
        configNames: namesOf(undefined),
      })),
    ],
  });
  return resources.flatMap(({ resourceType, resourceName, configEntries }) => {
    const isTopic = Number(resourceType) === Number(ConfigResourceTypes.TOPIC);
    return configEntries.map(({ configName, configValue }) => ({
      topic: isTopic ? resourceName : undefined,
      of: isTopic ? resourceName : `broker ${resourceName}`,
      setting: configName,
      value: configValue,
    }));
  });
}
