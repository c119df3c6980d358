import { copyFileSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainSystemError, ClusterError } from './cluster-error.js';
import { JwtKeys, writeDeveloperToken } from './jwt.js';
import { createTopics, grantRights, isBrokerAnswering, tryMakeUsers } from './broker.js';
import { kafkaUsersOf, type KafkaUsers } from './kafka-users.js';
import { readClusterFile } from './running-cluster.js';
import { loadTopology } from './topology.js';

const brokerTimeoutMs = 60_000;
const brokerPollMs = 250;

/**
 * What docker-compose.yml runs once before the apps: the developer's keys and token, where they are
 * missing or old, and each broker's users, topics and rights. Under NODE_ENV=production it makes neither key
 * nor token: whoever runs production brings the public key of a real issuer.
 */
async function prepare(): Promise<void> {
  const { tokenFile, datacenters, secretsFolder } = readClusterFile(
    required('BILLING_CLUSTER_FILE'),
  );
  const users = kafkaUsersOf(loadTopology(), (user) => readPassword(secretsFolder, user));
  if (process.env['NODE_ENV'] === 'production') {
    console.log('production: no developer key and no token are made');
  } else {
    const keys = new JwtKeys(dirname(tokenFile));
    await writeDeveloperToken(keys, tokenFile);
    copyFileSync(keys.publicKeyFile, required('JWT_PUBLIC_KEY_FILE'));
    console.log(`developer token: ${tokenFile}, for 30 days`);
  }
  await Promise.all(datacenters.map(({ name, kafka }) => prepareBroker(name, kafka, users)));
}

function readPassword(folder: string, user: string): string {
  const file = join(folder, `${user}.password`);
  const password = readFileSync(file, 'utf8').trim();
  const isKnown = password === '' || password.includes('never-for-production');
  if (!isKnown || process.env['NODE_ENV'] !== 'production') return password;
  const message = `${file} is a development secret, and NODE_ENV is production: bring your own`;
  throw new ClusterError('BAD_REQUEST', message);
}

async function prepareBroker(name: string, address: string, users: KafkaUsers): Promise<void> {
  const [host = '', port] = address.split(':');
  const controllerPort = Number(required('KAFKA_CONTROLLER_PORT'));
  const deadline = Date.now() + brokerTimeoutMs;
  const isReady = async (): Promise<boolean> =>
    (await tryMakeUsers(host, controllerPort, users)) &&
    (await isBrokerAnswering(host, Number(port), users));
  while (!(await isReady())) {
    if (Date.now() > deadline) {
      const where = `at ${address}, its controller at port ${controllerPort}`;
      throw new ClusterError('MEMBER_FAILED', `${name}: no Kafka broker takes users ${where}`);
    }
    await sleep(brokerPollMs);
  }
  const topology = loadTopology();
  const topics = [...topology.topics, ...topology.upstreamTopics];
  await createTopics(host, Number(port), topics, users);
  await grantRights(host, Number(port), users);
  console.log(`${name}: ${topics.map((topic) => topic.name).join(', ')}`);
}

function required(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new ClusterError('BAD_REQUEST', `${name} is not set`);
}

try {
  await prepare();
} catch (error) {
  const explained = explainSystemError(error);
  console.error(explained instanceof ClusterError ? explained.message : explained);
  process.exitCode = 1;
}
