import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError } from '../cluster-error.js';
import type { KafkaInput } from '../engine.js';
import { cloneFolder } from '../home.js';
import type { KafkaFolder } from '../kafka-folder.js';
import { kafkaJvmOptions, kafkaSettings } from '../kafka-settings.js';
import { createTopics } from '../broker.js';
import { BrokerReadiness } from '../broker-readiness.js';
import type { MemberSpec } from '../member.js';
import { ContainerLauncher } from './container-launcher.js';
import {
  findContainer,
  loadImages,
  type ContainerMount,
  type ContainerPlace,
} from './docker-runtime.js';

/** A volume of the image. */
const dataFolder = '/var/lib/kafka/data';
const loggingFile = '/run/geo-billing/log4j2.properties';

export interface KafkaContainerInput extends KafkaInput {
  readonly place: ContainerPlace;
  readonly folder: KafkaFolder;
  /** Names the container whose topics were made. */
  readonly topicsFile: string;
}

/** Kafka by its image's own start script, which makes server.properties of the environment. */
export function createKafkaContainer(
  input: KafkaContainerInput,
  launcher: ContainerLauncher,
): MemberSpec {
  if (input.options.secured !== undefined) {
    throw new ClusterError('BAD_REQUEST', 'secured listeners are of native brokers only');
  }
  const { folder } = input;
  const readiness = new BrokerReadiness(input, folder.usersMadeFile);
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
    prepare: async () => {
      if (input.users === undefined) return;
      folder.prepare(settingsOf(input));
      // Users live in the container's volume.
      const container = await findContainer(input.place.containerName);
      if (container === undefined) rmSync(folder.usersMadeFile, { force: true });
    },
    isReady: () => readiness.ask(),
    lastHeard: () => readiness.lastHeard,
    afterReady: async () => {
      await createMissingTopics(input, launcher.container.id);
      await readiness.grantRights();
    },
  };
}

export function kafkaLauncher(input: KafkaContainerInput): ContainerLauncher {
  const settings = withoutSecrets(settingsOf(input), input.folder.configurationFile);
  const variables = Object.entries(settings).map(([name, value]) => [variableOf(name), value]);
  const logging = `-Dlog4j2.configurationFile=${loggingFile}`;
  const recipe = {
    image: loadImages().kafka,
    mounts: [
      // The log that a native broker writes.
      { source: join(cloneFolder, 'tools/kafka/log4j2.properties'), target: loggingFile },
      ...securityMounts(input),
    ],
    // Passwords and key can be read by the home's owner alone, and the image's user is another one.
    ...(input.users && { user: 'root' }),
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

function settingsOf(input: KafkaContainerInput): Record<string, string> {
  return kafkaSettings({ ...input, dataFolder, keystoreFile: input.folder.keystoreFile });
}

/** At the paths that they have here: so settings, and the files that Kafka's tools take, are the same. */
function securityMounts({ folder, users }: KafkaContainerInput): ContainerMount[] {
  if (users === undefined) return [];
  return [{ source: folder.path }, ...(users.tls ? [{ source: users.tls.caFile }] : [])];
}

/** Logins are in no variable: each says where the broker finds it, which it does by a provider of Kafka's own. */
export function withoutSecrets(
  settings: Readonly<Record<string, string>>,
  file: string,
): Record<string, string> {
  const isSecret = (name: string): boolean => name.endsWith('sasl.jaas.config');
  const names = Object.keys(settings);
  if (!names.some(isSecret)) return { ...settings };
  const told = names.map((name) => [
    name,
    isSecret(name) ? `\${file:${file}:${name}}` : settings[name]!,
  ]);
  return {
    ...(Object.fromEntries(told) as Record<string, string>),
    'config.providers': 'file',
    'config.providers.file.class': 'org.apache.kafka.common.config.provider.FileConfigProvider',
    'config.providers.file.param.allowed.paths': file,
  };
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
  await createTopics(input.host, input.port, topics, input.users);
  writeFileSync(topicsFile, containerId);
}
