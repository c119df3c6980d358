import type { TlsFiles } from './cluster-tls.js';
import {
  adminLogin,
  controllerLogin,
  securityProtocol,
  type KafkaLogin,
  type KafkaUsers,
} from './kafka-users.js';
import type { OwnedTopic, Topic } from './topology.js';

/** TLS with a certificate, and SCRAM-SHA-512 with users, beside the listener in plain text. */
export interface SecuredListener {
  readonly port: number;
  /** PEM: the private key (PKCS 8) and the certificate chain. */
  readonly keystoreFile: string;
  /** Passwords by name; made when the broker's storage is formatted. */
  readonly users: Readonly<Record<string, string>>;
}

export interface KafkaOptions {
  readonly heapMaxMb?: number;
  /** Further lines of server.properties; they win over the engine's own. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly jvmOptions?: readonly string[];
  /** Default: those of the topology. */
  readonly topics?: readonly Topic[];
  /** What users may do at upstream topics follows from these. Default: those of the topology. */
  readonly upstreamTopics?: readonly OwnedTopic[];
  /** Of each broker on its own machine or port, so of one node. Tests, native engine only. */
  readonly secured?: SecuredListener;
}

export interface KafkaSettingsInput {
  readonly nodeId: number;
  readonly host: string;
  readonly port: number;
  readonly controllerPort: number;
  readonly dataFolder: string;
  /** Without them: anybody, in plain text. */
  readonly users?: KafkaUsers | undefined;
  /** Where users have TLS: the key and the certificate of `users.tls` in one, as Kafka reads PEM. */
  readonly keystoreFile?: string | undefined;
  readonly options: KafkaOptions;
}

/** Lines of server.properties, the same on both engines. */
export function kafkaSettings(input: KafkaSettingsInput): Record<string, string> {
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
    'log.dirs': input.dataFolder,
    'auto.create.topics.enable': 'false',
    // What comes compressed stays so: a broker that decompresses holds all of a batch at once, and one message of
    // 250 MB in 250 KB ended it with this heap. As it is it reads through, and needs no more than before.
    'compression.type': 'producer',
    // Retention counts from when the broker took a message, not from the time that its producer wrote on
    // it: one of eight days ago was gone, unread, at retention's next look. Seven days, and no bound in
    // bytes. The worker holds these against libs/contracts/src/kafka-settings.ts.
    'log.message.timestamp.type': 'LogAppendTime',
    'log.retention.ms': '604800000',
    'log.retention.bytes': '-1',
    'log.cleanup.policy': 'delete',
    'unclean.leader.election.enable': 'false',
    'message.max.bytes': '1048588',
    // Longer than this nobody's open transaction holds back the pay-ins behind it (Kafka's own: 15 min).
    'transaction.max.timeout.ms': '60000',
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
    'broker.heartbeat.interval.ms': '1000',
    // A record of nothing each 500 ms is a third of what a broker without clients takes (docs/measurements.md). It lets
    // followers of the metadata know how far it goes; here there are none.
    'metadata.max.idle.interval.ms': '10000',
    'num.network.threads': '2',
    'num.io.threads': '4',
    'background.threads': '2',
    'log.cleaner.dedupe.buffer.size': '16777216',
    ...(input.users && userSettings(input, input.users)),
    ...securedSettings(input),
    ...input.options.settings,
  };
}

/** In plain text, on loopback alone, unless there is TLS; the admin's password crosses the controller's listener. */
function userSettings(
  { host, port, controllerPort, keystoreFile }: KafkaSettingsInput,
  users: KafkaUsers,
): Record<string, string> {
  return {
    listeners: `CLIENTS://${host}:${port},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': `CLIENTS://${host}:${port}`,
    'listener.security.protocol.map': `CLIENTS:${securityProtocol(users)},CONTROLLER:${securityProtocol(users)}`,
    ...(users.tls && tlsSettings(users.tls, keystoreFile)),
    'inter.broker.listener.name': 'CLIENTS',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'false',
    'super.users': `User:${users.admin}`,
    'sasl.mechanism.inter.broker.protocol': 'SCRAM-SHA-512',
    'sasl.mechanism.controller.protocol': 'PLAIN',
    'listener.name.clients.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.clients.scram-sha-512.sasl.jaas.config': jaasConfig(adminLogin(users)),
    'listener.name.controller.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.controller.plain.sasl.jaas.config': jaasConfig(controllerLogin(users), {
      [`user_${users.admin}`]: users.passwords[users.admin]!,
    }),
  };
}

/** Of both listeners, and of a Java client that comes to them. */
export function tlsSettings({ caFile }: TlsFiles, keystoreFile?: string): Record<string, string> {
  return {
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': caFile,
    ...(keystoreFile && { 'ssl.keystore.type': 'PEM', 'ssl.keystore.location': keystoreFile }),
  };
}

/** What a Java client logs in with; for a listener also whom it lets in. */
export function jaasConfig(
  { mechanism, username, password }: KafkaLogin,
  more: Readonly<Record<string, string>> = {},
): string {
  const module = mechanism === 'plain' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
  const options = Object.entries({ username, password, ...more }).map(
    ([name, value]) => ` ${name}="${value}"`,
  );
  return `org.apache.kafka.common.security.${module} required${options.join('')};`;
}

function securedSettings({ host, port, controllerPort, options }: KafkaSettingsInput) {
  const { secured } = options;
  if (secured === undefined) return {};
  const listener = 'listener.name.secured';
  return {
    listeners: `PLAINTEXT://${host}:${port},SECURED://${host}:${secured.port},CONTROLLER://${host}:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://${host}:${port},SECURED://${host}:${secured.port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,SECURED:SASL_SSL,CONTROLLER:PLAINTEXT',
    [`${listener}.ssl.keystore.type`]: 'PEM',
    [`${listener}.ssl.keystore.location`]: secured.keystoreFile,
    [`${listener}.sasl.enabled.mechanisms`]: 'SCRAM-SHA-512',
    [`${listener}.scram-sha-512.sasl.jaas.config`]:
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
  };
}

// The first compiler only and the serial collector: measured on 2 cores, a start takes 1.5 s of
// processor time instead of 2.4 s, and 165 MB of memory instead of 195 MB.
export function kafkaJvmOptions(options: KafkaOptions): string[] {
  const found = [`-Xmx${options.heapMaxMb ?? 384}m`, '-Xms128m', '-XX:+UseSerialGC'];
  found.push('-XX:TieredStopAtLevel=1', '-XX:+ExitOnOutOfMemoryError');
  // Counters for tools that nobody runs here, read twenty times a second.
  found.push('-XX:-UsePerfData');
  return [...found, '-Djava.awt.headless=true', ...(options.jvmOptions ?? [])];
}
