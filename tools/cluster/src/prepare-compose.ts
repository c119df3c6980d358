import { copyFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { explainSystemError, ClusterError } from './cluster-error.js';
import { JwtKeys, writeDeveloperToken } from './jwt.js';
import { createTopics, isBrokerAnswering } from './broker.js';
import { readClusterFile } from './running-cluster.js';
import { loadTopology } from './topology.js';

const brokerTimeoutMs = 60_000;
const brokerPollMs = 250;

/**
 * What docker-compose.yml runs once before the apps: the developer's keys and token, where they are
 * missing or old, and the topics on each broker. Under NODE_ENV=production it makes neither key nor
 * token: whoever runs production brings the public key of a real issuer.
 */
async function prepare(): Promise<void> {
  const { tokenFile, datacenters } = readClusterFile(required('BILLING_CLUSTER_FILE'));
  if (process.env['NODE_ENV'] === 'production') {
    console.log('production: no developer key and no token are made');
  } else {
    const keys = new JwtKeys(dirname(tokenFile));
    await writeDeveloperToken(keys, tokenFile);
    copyFileSync(keys.publicKeyFile, required('JWT_PUBLIC_KEY_FILE'));
    console.log(`developer token: ${tokenFile}, for 30 days`);
  }
  await Promise.all(datacenters.map(({ name, kafka }) => prepareBroker(name, kafka)));
}

async function prepareBroker(name: string, address: string): Promise<void> {
  const [host = '', port] = address.split(':');
  const deadline = Date.now() + brokerTimeoutMs;
  while (!(await isBrokerAnswering(host, Number(port)))) {
    if (Date.now() > deadline) {
      throw new ClusterError('MEMBER_FAILED', `${name}: no Kafka broker answers at ${address}`);
    }
    await sleep(brokerPollMs);
  }
  const { topics } = loadTopology();
  await createTopics(host, Number(port), topics);
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
