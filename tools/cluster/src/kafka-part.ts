import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClusterError, diskFull } from './cluster-error.js';
import { createTopics, isBrokerAnswering } from './kafka-wire.js';
import type { PartSpec } from './part.js';
import type { Topic } from './topology.js';

const run = promisify(execFile);

export interface KafkaOptions {
  readonly heapMaxMb?: number;
  /** Further lines of server.properties; they win over the engine's own. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly jvmOptions?: readonly string[];
  /** Default: those of the topology. */
  readonly topics?: readonly Topic[];
}

export interface KafkaPartInput {
  readonly nodeId: number;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly controllerPort: number;
  /** `<home>/dc1/kafka`: the log folder is `data` in it. */
  readonly folder: string;
  readonly logFile: string;
  readonly pidFile: string;
  readonly software: KafkaSoftware;
  readonly topics: readonly Topic[];
  readonly options: KafkaOptions;
}

export interface KafkaSoftware {
  readonly java: string;
  readonly jarsFolder: string;
  readonly loggingFile: string;
  /** Classes as the JVM maps them into memory: a start in 1.1 s instead of 2.5 s on 2 cores. */
  readonly classArchive: string | undefined;
}

/** `kafkaFolder` is tools/kafka of the clone, which the bootstrap fills. */
export function findKafka(kafkaFolder: string): KafkaSoftware {
  const jarsFolder = join(kafkaFolder, 'libs');
  if (!existsSync(jarsFolder)) {
    throw new ClusterError(
      'MISSING_SOFTWARE',
      `no Kafka in ${jarsFolder}: npm start fetches it, or: mvn -f tools/kafka dependency:copy-dependencies -DoutputDirectory=libs`,
    );
  }
  const classArchive = join(kafkaFolder, 'target', 'kafka.jsa');
  return {
    java: findJava(),
    jarsFolder,
    loggingFile: join(kafkaFolder, 'log4j2.properties'),
    classArchive: existsSync(classArchive) ? classArchive : undefined,
  };
}

function findJava(): string {
  const home = process.env['JAVA_HOME'];
  if (home !== undefined && existsSync(join(home, 'bin/java'))) return join(home, 'bin/java');
  try {
    return execFileSync('/bin/sh', ['-c', 'command -v java'], { encoding: 'utf8' }).trim();
  } catch {
    throw new ClusterError('MISSING_SOFTWARE', 'no java on the PATH: npm start installs one');
  }
}

export function createKafkaPart(input: KafkaPartInput): PartSpec {
  const configurationFile = join(input.folder, 'server.properties');
  return {
    kind: 'kafka',
    nodeId: input.nodeId,
    name: input.name,
    ports: [
      { name: 'Kafka', port: input.port },
      { name: 'Kafka controller', port: input.controllerPort },
    ],
    logFile: input.logFile,
    pidFile: input.pidFile,
    stopSignals: [{ signal: 'SIGTERM', timeoutMs: 5_000 }],
    readyTimeoutMs: 60_000,
    prepare: async () => {
      mkdirSync(input.folder, { recursive: true });
      const lines = Object.entries(settingsOf(input)).map(([name, value]) => `${name}=${value}`);
      writeFileSync(configurationFile, `${lines.join('\n')}\n`);
      await format(input, configurationFile);
    },
    command: () => ({
      file: input.software.java,
      args: [...jvmOptions(input), 'kafka.Kafka', configurationFile],
      env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' },
      cwd: input.folder,
    }),
    isReady: () => isBrokerAnswering(input.host, input.port),
    afterReady: () => createMissingTopics(input),
  };
}

// The first compiler only and the serial collector: measured on 2 cores, a start takes 1.5 s of
// processor time instead of 2.4 s, and 165 MB of memory instead of 195 MB.
function jvmOptions({ software, options }: KafkaPartInput): string[] {
  const found = [`-Xmx${options.heapMaxMb ?? 384}m`, '-Xms128m', '-XX:+UseSerialGC'];
  found.push('-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError');
  if (software.classArchive) found.push(`-XX:SharedArchiveFile=${software.classArchive}`);
  found.push('-Xshare:auto', '-Djava.awt.headless=true');
  found.push(`-Dlog4j2.configurationFile=${software.loggingFile}`);
  found.push(...(options.jvmOptions ?? []));
  // The archive holds good for this exact class path.
  return [...found, '-cp', join(software.jarsFolder, '*')];
}

function settingsOf(input: KafkaPartInput): Record<string, string> {
  const { host, port, controllerPort, nodeId } = input;
  return {
    'process.roles': 'broker,controller',
    'node.id': String(nodeId),
    'controller.quorum.voters': `${nodeId}@${host}:${controllerPort}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://${host}:${port},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${host}:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(input.folder, 'data'),
    'auto.create.topics.enable': 'false',
    // Whatever a producer compresses with, kafkajs can read: it knows gzip alone, and a batch in lz4,
    // zstd or snappy would end every worker that fetches it.
    'compression.type': 'uncompressed',
    // One broker: one replica of everything.
    'default.replication.factor': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '4',
    'group.initial.rebalance.delay.ms': '0',
    // After kill -9 the new broker may register only when the old one's session has run out:
    // with Kafka's own 9 s it was back after 12 s, with these after 5 s. The controller is in the
    // same process, so a pause of the process does not count against the session for long.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'log.cleaner.dedupe.buffer.size': '16777216',
    ...input.options.settings,
  };
}

async function format(input: KafkaPartInput, configurationFile: string): Promise<void> {
  const dataFolder = join(input.folder, 'data');
  if (existsSync(join(dataFolder, 'meta.properties'))) return;
  rmSync(dataFolder, { recursive: true, force: true });
  const clusterIdFile = join(input.folder, 'cluster-id');
  if (!existsSync(clusterIdFile)) {
    writeFileSync(clusterIdFile, randomBytes(16).toString('base64url').replace(/^-/, 'A'));
  }
  const clusterId = readFileSync(clusterIdFile, 'utf8').trim();
  const args = [...jvmOptions(input), 'kafka.tools.StorageTool', 'format'];
  args.push('--cluster-id', clusterId, '--config', configurationFile);
  try {
    await run(input.software.java, args, { cwd: input.folder });
  } catch (error) {
    const output = error as { stdout?: string; stderr?: string };
    const reason = `${output.stdout ?? ''}${output.stderr ?? ''}`.trim();
    const full = diskFull(reason, input.name, error);
    if (full) throw full;
    throw new ClusterError('PART_FAILED', `${input.name}: formatting failed: ${reason}`, {
      cause: error,
    });
  }
}

/** Once: a topic that somebody deletes later stays deleted, as its stored offsets want it. */
async function createMissingTopics(input: KafkaPartInput): Promise<void> {
  const done = join(input.folder, 'topics-created');
  const topics = input.options.topics ?? input.topics;
  if (existsSync(done) || topics.length === 0) return;
  await createTopics(input.host, input.port, topics);
  writeFileSync(done, '');
}
