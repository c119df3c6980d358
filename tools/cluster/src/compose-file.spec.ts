import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { appEnvironment } from './app-member.js';
import { cloneFolder } from './home.js';
import { developerTokenSeconds } from './jwt.js';
import { kafkaSettings } from './kafka-settings.js';
import { kafkaUsersOf } from './kafka-users.js';
import { postgresSettings } from './postgres-settings.js';
import { readClusterFile } from './running-cluster.js';
import { loadTopology, loginRolesOf, upstreamTopicList } from './topology.js';

interface Service {
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string | number>>;
  readonly ports?: readonly string[];
  readonly restart?: string;
  readonly secrets?: readonly unknown[];
  readonly profiles?: readonly string[];
}
interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
}

const read = (name: string): string => readFileSync(join(cloneFolder, name), 'utf8');
const compose = parse(read('docker-compose.yml'), { merge: true }) as ComposeFile;
const topology = loadTopology();
const service = (name: string): Service => compose.services[name] ?? {};

/** Where a port inside is published: the part before the last colon. */
const published = (name: string): readonly string[] =>
  (service(name).ports ?? []).map((port) => port.replace(/:\d+$/, ''));

const surroundings = {
  nodeId: 1,
  host: topology.host,
  ports: topology.datacenters[0]!.ports,
  databaseUrl: () => '',
  passwordFile: () => '',
  kafkaBrokers: '',
  kafkaUsers: undefined,
  upstreamTopics: upstreamTopicList(topology),
  jwtPublicKeyFile: '',
  peerGateways: '',
};

describe('docker-compose.yml', () => {
  test.each(topology.datacenters)('publishes $name where npm start has it', ({ nodeId, ports }) => {
    const at = (port: number): string => `${topology.host}:${port}`;
    expect(published(`postgres${nodeId}`)).toEqual([at(ports.postgres)]);
    expect(published(`kafka${nodeId}`)).toEqual([at(ports.kafka)]);
    expect(published(`gateway-${nodeId}`)).toEqual([
      at(ports.gateway),
      at(ports.gatewayManagement),
    ]);
    expect(published(`coordinator-${nodeId}`)).toEqual([
      at(ports.coordinatorGrpc),
      at(ports.coordinatorManagement),
    ]);
    expect(published(`ledger-worker-${nodeId}`)).toEqual([]);
    expect(service(`kafka${nodeId}`).environment?.['KAFKA_ADVERTISED_LISTENERS']).toContain(
      `HOST://${at(ports.kafka)}`,
    );
  });

  test('lets the developer’s token in, as npm start does', () => {
    for (const name of ['gateway-1', 'coordinator-1']) {
      const lifetime = service(name).environment?.['JWT_LIFETIME_MAX_S'];
      expect(lifetime).toBe(`\${JWT_LIFETIME_MAX_S:-${developerTokenSeconds}}`);
    }
    for (const kind of ['gateway', 'coordinator'] as const) {
      expect(appEnvironment(kind, surroundings)['JWT_LIFETIME_MAX_S']).toBe(
        `${developerTokenSeconds}`,
      );
    }
  });

  test('has a password for each role, and each says that it is for development', () => {
    const users = Object.values(topology.kafkaUsers);
    for (const role of [topology.superuser, ...loginRolesOf(topology, [1, 2, 3]), ...users]) {
      const file = compose.secrets[`${role}.password`]?.file ?? '';
      const standard = file.replace(/\$\{\w+:-([^}]+)\}/, '$1');
      expect(read(standard)).toContain('never-for-production');
    }
    expect(read('pgcrypto_key.txt')).toContain('never-for-production');
  });

  test.each([1, 2, 3])('gives postgres%i the settings of a native server', (nodeId) => {
    const given = (service(`postgres${nodeId}`).command ?? [])
      .filter((argument) => argument.startsWith('-c'))
      .map((argument) => /^-c([^=]+)=(.*)$/.exec(argument)!.slice(1) as [string, string]);
    const {
      listen_addresses: _address,
      port: _port,
      cluster_name: _name,
      fsync: _fsync,
      ...settings
    } = postgresSettings({
      name: `dc${nodeId}/postgres`,
      host: topology.host,
      port: 5432,
      pgcryptoKeyFile: '/pgcrypto_key.txt',
      options: {},
    });
    expect(Object.fromEntries(given)).toEqual(settings);
  });

  test.each([1, 2, 3])('gives kafka%i the settings of a native broker', (nodeId) => {
    const environment = service(`kafka${nodeId}`).environment ?? {};
    const settings = kafkaSettings({
      nodeId,
      host: 'localhost',
      port: 9092,
      controllerPort: 9093,
      dataFolder: '/var/lib/kafka/data',
      users: kafkaUsersOf(topology, () => ''),
      options: {},
    });
    // Two kinds of clients, inside and on the host: compose has a listener for each.
    const own = /listener/;
    const protocols = String(environment['KAFKA_LISTENER_SECURITY_PROTOCOL_MAP']).split(',');
    expect(protocols.map((each) => each.split(':')[1])).toEqual(Array(3).fill('SASL_PLAINTEXT'));
    for (const [name, value] of Object.entries(settings)) {
      if (own.test(name)) continue;
      const variable = `KAFKA_${name.replaceAll('.', '_').toUpperCase()}`;
      expect([variable, String(environment[variable])]).toEqual([variable, value]);
    }
  });

  test.each([
    ['gateway', ['CONSOLE', 'DATABASE', 'GRPC', 'HTTP', 'KAFKA']],
    ['ledger-worker', ['DATABASE', 'HTTP', 'KAFKA']],
    ['coordinator', ['DATABASE', 'GRPC', 'HTTP']],
  ])('tells each %s what it does in plain text, which production wants to hear', (app, what) => {
    for (const nodeId of [1, 2, 3]) {
      const told = Object.entries(service(`${app}-${nodeId}`).environment ?? {})
        .filter(([name, value]) => name.endsWith('_ALLOW_PLAINTEXT') && value === 'true')
        .map(([name]) => name.replace('_ALLOW_PLAINTEXT', ''));
      expect(told.sort()).toEqual(what);
    }
  });

  test.each(['gateway', 'ledger-worker'] as const)(
    'gives %s its user of Kafka, and tells it that nothing is encrypted, which production wants to hear',
    (kind) => {
      const native = appEnvironment(kind, {
        ...surroundings,
        kafkaUsers: topology.kafkaUsers,
        passwordFile: (user) => `/run/secrets/${user}.password`,
      });
      const given = Object.entries(native).filter(([name]) => name.startsWith('KAFKA_SASL_'));
      expect(given).toHaveLength(3);
      for (const { nodeId } of topology.datacenters) {
        const { environment, secrets } = service(`${kind}-${nodeId}`);
        expect(environment).toMatchObject(Object.fromEntries(given));
        expect(environment).toMatchObject({ KAFKA_ALLOW_PLAINTEXT: 'true' });
        expect(secrets).toContain(`${native['KAFKA_SASL_USERNAME']}.password`);
      }
    },
  );

  test('takes pay-ins of upstream services as npm start does', () => {
    const variables = ['PAY_IN_UPSTREAM_TOPICS', 'WORKER_ALLOW_NAMELESS'];
    for (const kind of ['gateway', 'ledger-worker'] as const) {
      const native = Object.entries(appEnvironment(kind, surroundings));
      const given = native.filter(([name]) => variables.includes(name));
      expect(given).toHaveLength(kind === 'gateway' ? 1 : 2);
      for (const { nodeId } of topology.datacenters) {
        const { environment } = service(`${kind}-${nodeId}`);
        for (const [name, value] of given) {
          expect(environment?.[name]).toBe(`\${${name}:-${value}}`);
        }
      }
    }
  });

  test('gives each broker the password of its admin alone, and what makes users all of theirs', () => {
    const { admin, ...others } = topology.kafkaUsers;
    for (const { nodeId } of topology.datacenters) {
      expect(service(`kafka${nodeId}`).secrets).toEqual([`${admin}.password`]);
    }
    const all = [admin, ...Object.values(others)].map((user) => `${user}.password`);
    expect(service('prepare').secrets).toEqual(all);
    expect(service('demo').secrets).toContain(`${others.upstream}.password`);
  });

  test('starts again whatever ends, for as long as it takes; only what runs once gives up', () => {
    const bounded = Object.entries(compose.services)
      .filter(([, { profiles }]) => profiles?.includes('tools') !== true)
      .filter(([, { restart }]) => restart !== 'unless-stopped')
      .map(([name]) => name);
    expect(bounded).toEqual(['psql-client', 'prepare']);
  });

  test('runs the pipeline on all nodes, and tells tools where they are', () => {
    const nodes = topology.datacenters.map(({ nodeId }) => `${nodeId}=postgres${nodeId}:5432`);
    expect(service('psql-client').environment?.['BILLING_NODES']).toBe(nodes.join(' '));
    const described = readClusterFile(join(cloneFolder, 'deploy/compose/cluster.json'));
    expect(described.database).toBe(topology.database);
    expect(described.datacenters).toEqual(
      topology.datacenters.map(({ name, nodeId }) => ({
        name,
        nodeId,
        postgres: `postgres${nodeId}:5432`,
        kafka: `kafka${nodeId}:9092`,
        gateway: `gateway-${nodeId}:8080`,
        coordinator: `coordinator-${nodeId}:50051`,
      })),
    );
  });

  test.each(['postgres', 'app'])('the Dockerfile of %s needs no BuildKit', (image) => {
    const path = `deploy/images/${image}/Dockerfile`;
    expect(existsSync(join(cloneFolder, path))).toBe(true);
    expect(read(path)).not.toMatch(/--mount|--chmod|--link|--parents|<<|^# *syntax/m);
  });
});
