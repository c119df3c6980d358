import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './step.mjs';
import { javaFile } from './system-packages.mjs';

const mavenOptions = ['-B', '-q', '-ntp'];
const startTimeoutMs = 60_000;

function paths(clone) {
  const folder = join(clone, 'tools/kafka');
  return {
    folder,
    pom: join(folder, 'pom.xml'),
    jars: join(folder, 'libs'),
    jarsKey: join(folder, 'libs/.pom-sha256'),
    target: join(folder, 'target'),
    archive: join(folder, 'target/kafka.jsa'),
    archiveKey: join(folder, 'target/kafka.jsa.key'),
    checkpoint: join(folder, 'target/bootstrap.checkpoint'),
  };
}

function hashOf(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function keyIs(file, key) {
  return existsSync(file) && readFileSync(file, 'utf8') === key;
}

export function isKafkaThere(clone) {
  const { pom, jarsKey } = paths(clone);
  return keyIs(jarsKey, hashOf(pom));
}

/** Kafka and what it needs, as Maven resolves pom.xml; kept until that file changes. */
export async function fetchKafka(clone) {
  const { folder, pom, jars } = paths(clone);
  if (isKafkaThere(clone)) return 'there';
  const fresh = join(folder, 'target/libs.new');
  rmSync(fresh, { recursive: true, force: true });
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime'];
  await run('mvn', [...mavenOptions, '-f', pom, ...goal, `-DoutputDirectory=${fresh}`]);
  writeFileSync(join(fresh, '.pom-sha256'), hashOf(pom));
  rmSync(jars, { recursive: true, force: true });
  renameSync(fresh, jars);
  return 'from Maven';
}

/**
 * The JVM can map the classes of an earlier run into memory: measured on 2 cores, a broker then
 * starts in 1.1 s instead of 2.5 s, and for 1.5 s of processor time instead of 4.2 s. The archive
 * is made once, by a broker that is started for it and stopped at once. What that broker's folder was formatted
 * with is kept too: it is the same for all, and the tool that writes it takes a second of a core each time.
 */
export async function archiveKafkaClasses(clone) {
  const { folder, pom, jars, target, archive, archiveKey, checkpoint } = paths(clone);
  const java = javaFile();
  const key = `${hashOf(pom)} ${java} ${statSync(java).mtimeMs} ${statSync(jars).mtimeMs}`;
  if ([archive, checkpoint].every(existsSync) && keyIs(archiveKey, key)) return 'there';
  mkdirSync(target, { recursive: true });
  for (const file of [archive, checkpoint]) rmSync(file, { force: true });
  const home = mkdtempSync(join(tmpdir(), 'geo-billing-archive-'));
  try {
    const [port, controllerPort] = await freePorts(2);
    const configuration = join(home, 'server.properties');
    writeFileSync(configuration, brokerConfiguration(home, port, controllerPort));
    const jvm = ['-Xmx384m', '-XX:+UseSerialGC', '-cp', join(jars, '*')];
    jvm.push(`-Dlog4j2.configurationFile=${join(folder, 'log4j2.properties')}`);
    const format = ['kafka.tools.StorageTool', 'format', '-t', 'YXJjaGl2ZS1vZi1jbGFzcw'];
    await run(java, [...jvm, ...format, '-c', configuration], { timeoutMs: startTimeoutMs });
    copyFileSync(join(home, 'data/bootstrap.checkpoint'), `${checkpoint}.new`);
    const recorded = `${archive}.new`;
    await runBroker(java, [`-XX:ArchiveClassesAtExit=${recorded}`, ...jvm], configuration, port);
    renameSync(recorded, archive);
    renameSync(`${checkpoint}.new`, checkpoint);
    writeFileSync(archiveKey, key);
    return 'made';
  } catch (error) {
    // Brokers start without it too, only slower.
    return `not made: ${error.message.split('\n')[0]}`;
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

function brokerConfiguration(home, port, controllerPort) {
  return `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${controllerPort}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
log.dirs=${join(home, 'data')}
offsets.topic.replication.factor=1
`;
}

async function runBroker(java, jvm, configuration, port) {
  const child = spawn(java, [...jvm, 'kafka.Kafka', configuration], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('close', resolve));
  child.once('error', () => undefined);
  try {
    const deadline = Date.now() + startTimeoutMs;
    while (!(await accepts(port))) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error('no broker came up');
      await sleep(50);
    }
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), startTimeoutMs);
    await ended;
    clearTimeout(timer);
  } finally {
    child.kill('SIGKILL');
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
