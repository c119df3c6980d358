import { execFile, execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ClusterError, diskFull } from '../cluster-error.js';
import type { KafkaInput } from '../engine.js';
import { createTopics } from '../broker.js';
import { BrokerReadiness } from '../broker-readiness.js';
import { KafkaFolder } from '../kafka-folder.js';
import { kafkaJvmOptions, kafkaSettings } from '../kafka-settings.js';
import { NativeLauncher } from './native-launcher.js';
import type { MemberSpec } from '../member.js';
import { loadTopology } from '../topology.js';

const run = promisify(execFile);
const BOOTSTRAP_CHECKPOINT = 'bootstrap.checkpoint';

export interface KafkaMemberInput extends KafkaInput {
  /** `<home>/dc1/kafka`: the log folder is `data` in it. */
  readonly folder: string;
  readonly pidFile: string;
  readonly software: KafkaSoftware;
}

export interface KafkaSoftware {
  readonly java: string;
  readonly jarsFolder: string;
  readonly loggingFile: string;
  /** Classes as the JVM maps them into memory: a start in 1.1 s instead of 2.5 s on 2 cores. */
  readonly classArchive: string | undefined;
  /** What Kafka's own tool writes into each folder that it formats without users: 1 s a broker on 2 cores. */
  readonly bootstrapCheckpoint: string | undefined;
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
  const made = (name: string): string | undefined => {
    const file = join(kafkaFolder, 'target', name);
    return existsSync(file) ? file : undefined;
  };
  return {
    java: findJava(),
    jarsFolder,
    loggingFile: join(kafkaFolder, 'log4j2.properties'),
    classArchive: made('kafka.jsa'),
    bootstrapCheckpoint: made(BOOTSTRAP_CHECKPOINT),
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

export function createKafkaMember(input: KafkaMemberInput): MemberSpec {
  const folder = new KafkaFolder(input.folder, input.users);
  const { configurationFile } = folder;
  const { secured } = input.options;
  const readiness = new BrokerReadiness(input, folder.usersMadeFile);
  return {
    kind: 'kafka',
    nodeId: input.nodeId,
    name: input.name,
    ports: [
      { name: 'Kafka', port: input.port },
      { name: 'Kafka controller', port: input.controllerPort },
      ...(secured === undefined ? [] : [{ name: 'Kafka, secured', port: secured.port }]),
    ],
    logFile: input.logFile,
    launcher: new NativeLauncher({
      command: () => ({
        file: input.software.java,
        args: [...jvmOptions(input), 'kafka.Kafka', configurationFile],
        env: { PATH: '/usr/bin:/bin', LANG: 'C.UTF-8', TZ: 'UTC' },
        cwd: input.folder,
      }),
      logFile: input.logFile,
      pidFile: input.pidFile,
    }),
    stopSignals: [{ signal: 'SIGTERM', timeoutMs: 5_000 }],
    readyTimeoutMs: 60_000,
    prepare: async () => {
      const dataFolder = join(input.folder, 'data');
      const { keystoreFile } = folder;
      folder.prepare(kafkaSettings({ ...input, dataFolder, keystoreFile }));
      await format(input, configurationFile);
      chmodSync(join(input.folder, 'data'), 0o700);
    },
    isReady: () => readiness.ask(),
    lastHeard: () => readiness.lastHeard,
    afterReady: async () => {
      await createMissingTopics(input);
      await readiness.grantRights();
    },
  };
}

function jvmOptions({ software, options }: KafkaMemberInput): string[] {
  const found = kafkaJvmOptions(options);
  if (software.classArchive) found.push(`-XX:SharedArchiveFile=${software.classArchive}`);
  found.push('-Xshare:auto', `-Dlog4j2.configurationFile=${software.loggingFile}`);
  // The archive holds good for this exact class path.
  return [...found, '-cp', join(software.jarsFolder, '*')];
}

async function format(input: KafkaMemberInput, configurationFile: string): Promise<void> {
  const dataFolder = join(input.folder, 'data');
  if (existsSync(join(dataFolder, 'meta.properties'))) return;
  rmSync(dataFolder, { recursive: true, force: true });
  rmSync(new KafkaFolder(input.folder, input.users).usersMadeFile, { force: true });
  const clusterIdFile = join(input.folder, 'cluster-id');
  if (!existsSync(clusterIdFile)) {
    writeFileSync(clusterIdFile, makeUuid());
  }
  const clusterId = readFileSync(clusterIdFile, 'utf8').trim();
  const users = Object.entries(input.options.secured?.users ?? {});
  if (input.software.bootstrapCheckpoint !== undefined && users.length === 0) {
    formatLikeKafka(input.software.bootstrapCheckpoint, dataFolder, clusterId, input.nodeId);
    return;
  }
  const args = [...jvmOptions(input), 'kafka.tools.StorageTool', 'format'];
  args.push('--cluster-id', clusterId, '--config', configurationFile);
  for (const [name, password] of users) {
    args.push('--add-scram', `SCRAM-SHA-512=[name=${name},password=${password}]`);
  }
  try {
    await run(input.software.java, args, { cwd: input.folder });
  } catch (error) {
    const output = error as { stdout?: string; stderr?: string };
    const reason = `${output.stdout ?? ''}${output.stderr ?? ''}`.trim();
    const full = diskFull(reason, input.name, error);
    if (full) throw full;
    throw new ClusterError('MEMBER_FAILED', `${input.name}: formatting failed: ${reason}`, {
      cause: error,
    });
  }
}

/**
 * What `kafka-storage format` leaves of a broker with static voters (MetaPropertiesVersion.V1 and
 * BootstrapDirectory of Kafka 4.1): the features' levels, which no broker's settings change, and who it is.
 */
function formatLikeKafka(
  checkpoint: string,
  dataFolder: string,
  clusterId: string,
  nodeId: number,
): void {
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  copyFileSync(checkpoint, join(dataFolder, BOOTSTRAP_CHECKPOINT));
  const lines = [`cluster.id=${clusterId}`, `node.id=${nodeId}`, `directory.id=${makeUuid()}`];
  // Last: a folder that has it is formatted.
  writeFileSync(join(dataFolder, 'meta.properties'), `version=1\n${lines.join('\n')}\n`);
}

/** As Kafka writes its ids; none starts like an option of a command line. */
const makeUuid = (): string => randomBytes(16).toString('base64url').replace(/^-/, 'A');

/** Each once: a topic that somebody deletes later stays deleted, as its stored offsets want it. */
async function createMissingTopics(input: KafkaMemberInput): Promise<void> {
  const done = join(input.folder, 'topics-created');
  const made = existsSync(done) ? readFileSync(done, 'utf8') : undefined;
  // Empty: of a home from before there were upstream topics.
  const known =
    made === '' ? loadTopology().topics.map(({ name }) => name) : (made ?? '').split('\n');
  const missing = input.topics.filter(({ name }) => !known.includes(name));
  if (missing.length === 0) return;
  await createTopics(input.host, input.port, missing, input.users);
  writeFileSync(done, [...known, ...missing.map(({ name }) => name)].filter(Boolean).join('\n'));
}
