import { kafkaSettingsOf, type FoundKafkaSetting } from '@billing/contracts';
import kafkajs, { type Admin, type ResourceConfigQuery } from 'kafkajs';
import { explained, toMissingTopic } from './broker-refusal.errors.js';
import { createImpatientClient, type KafkaClientOptions } from './kafka-client.js';

const { ConfigResourceTypes } = kafkajs;

/**
 * Reads from the brokers what the rules are about, over a connection of its own that ends with it.
 * @param optionalTopics of those that are not there nothing is told
 * @throws KafkaJSError, BrokerRefusalError: this client may not ask, or one of the topics is not there
 */
export async function readKafkaSettings(
  options: KafkaClientOptions,
  topics: readonly string[],
  optionalTopics: readonly string[] = [],
): Promise<FoundKafkaSetting[]> {
  const admin = createImpatientClient(options).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    const found = await ask(admin, [
      ...topics.map(topicQuery),
      ...brokers.map(({ nodeId }) => ({
        type: ConfigResourceTypes.BROKER,
        name: String(nodeId),
        configNames: kafkaSettingsOf(undefined),
      })),
    ]);
    // Each alone: the broker's answer is one error for all that are asked for together.
    for (const topic of optionalTopics) found.push(...(await askOptional(admin, topic)));
    return found;
  } catch (error) {
    throw explained(error);
  } finally {
    await admin.disconnect();
  }
}

function topicQuery(name: string): ResourceConfigQuery {
  return { type: ConfigResourceTypes.TOPIC, name, configNames: kafkaSettingsOf(name) };
}

async function askOptional(admin: Admin, topic: string): Promise<FoundKafkaSetting[]> {
  try {
    return await ask(admin, [topicQuery(topic)]);
  } catch (error) {
    if (toMissingTopic(error) !== undefined) return [];
    throw error;
  }
}

async function ask(admin: Admin, queries: ResourceConfigQuery[]): Promise<FoundKafkaSetting[]> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: queries,
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
