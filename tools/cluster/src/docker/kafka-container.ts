import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError } from '../cluster-error.js';
import type { KafkaInput } from '../engine.js';
import { cloneFolder } from '../home.js';
import { kafkaJvmOptions, kafkaSettings } from '../kafka-settings.js';
import { createTopics, isBrokerAnswering } from '../broker.js';
import type { MemberSpec } from '../member.js';
import { ContainerLauncher } from './container-launcher.js';
import { loadImages, type ContainerPlace } from './docker-runtime.js';

/** A volume of the image. */
const dataFolder = '/var/lib/kafka/data';
const loggingFile = '/run/geo-billing/log4j2.properties';

export interface KafkaContainerInput extends KafkaInput {
  readonly place: ContainerPlace;
  /** Names the container whose topics were made. */
  readonly topicsFile: string;
}

/** Kafka by its image's own start script, which makes server.properties of the environment. */
export function createKafkaContainer(
  input: KafkaContainerInput,
  launcher: ContainerLauncher,
): MemberSpec {
  if (input.options.secured !== undefined || input.users !== undefined) {
    throw new ClusterError('BAD_REQUEST', 'users and secured listeners are of native brokers only');
  }
  return {
    kind: 'kafka',
    nodeId: input.nodeId,
    name: input.name,
    ports: [
      { name: 'Kafka', port: input.port },
      { name: 'Kafka controller', port: input.controllerPort },
    ],
    logFile: input.logFile,
    launcher,
    stopSignals: [{ signal: 'SIGTERM', timeoutMs: 5_000 }],
    // The image formats and starts in two JVMs, one after the other.
    readyTimeoutMs: 120_000,
    prepare: async () => undefined,
    isReady: () => isBrokerAnswering(input.host, input.port),
    afterReady: () => createMissingTopics(input, launcher.container.id),
  };
}

export function kafkaLauncher(input: KafkaContainerInput): ContainerLauncher {
  const settings = kafkaSettings({ ...input, dataFolder });
  const variables = Object.entries(settings).map(([name, value]) => [variableOf(name), value]);
  const logging = `-Dlog4j2.configurationFile=${loggingFile}`;
  const recipe = {
    image: loadImages().kafka,
    // The log that a native broker writes.
    mounts: [{ source: join(cloneFolder, 'tools/kafka/log4j2.properties'), target: loggingFile }],
    entrypoint: [],
    command: ['/etc/kafka/docker/run'],
    environment: {
      ...(Object.fromEntries(variables) as Record<string, string>),
      KAFKA_HEAP_OPTS: [...kafkaJvmOptions(input.options), logging].join(' '),
      KAFKA_LOG4J_OPTS: logging,
      // Else Kafka's scripts add another collector to the one above.
      KAFKA_JVM_PERFORMANCE_OPTS: '-Djava.awt.headless=true',
      TZ: 'UTC',
    },
  };
  return new ContainerLauncher(input.place, recipe, input.logFile);
}

/** As the image reads it back: `_` is a dot, `__` an underscore, `___` a dash. */
export function variableOf(setting: string): string {
  const name = setting.replaceAll('_', '__').replaceAll('-', '___').replaceAll('.', '_');
  return `KAFKA_${name.toUpperCase()}`;
}

/** Once a container: a topic that somebody deletes later stays deleted, as its stored offsets want it. */
async function createMissingTopics(input: KafkaContainerInput, containerId: string): Promise<void> {
  const { topicsFile, topics } = input;
  if (topics.length === 0) return;
  if (existsSync(topicsFile) && readFileSync(topicsFile, 'utf8') === containerId) return;
  await createTopics(input.host, input.port, topics);
  writeFileSync(topicsFile, containerId);
}
