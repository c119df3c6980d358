import { connect, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Kafka, logLevel, type Admin, type KafkaConfig, type SASLOptions } from 'kafkajs';
import { kafkajsLog, type KafkaLog } from './kafka-log.js';
import type { KafkaSecurity } from './kafka-security.js';
import { installRequestQueue } from './request-queue.js';

export interface KafkaClientOptions {
  readonly brokers: readonly string[];
  readonly clientId: string;
  readonly log: KafkaLog;
  /** Undefined: in plain text and as nobody. */
  readonly security?: KafkaSecurity | undefined;
  /** Where connections come from; the system chooses without it. */
  readonly localAddress?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;

/** A kafkajs client that tries again for about ten seconds, its log lines going where the app's go. */
export function createKafkaClient(
  options: KafkaClientOptions,
  requestTimeoutMs = REQUEST_TIMEOUT_MS,
): Kafka {
  installRequestQueue();
  return new Kafka({
    clientId: options.clientId,
    brokers: [...options.brokers],
    connectionTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: requestTimeoutMs,
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 8 },
    logLevel: logLevel.INFO,
    logCreator: kafkajsLog(options.log),
    ...securityOf(options),
    ...socketsFrom(options),
  });
}

const ASK_CONNECT_TIMEOUT_MS = 1_000;
const ASK_REQUEST_TIMEOUT_MS = 2_000;

/** For questions that are asked again by and by: each fails at once, so that none outlives a stop. */
export function createImpatientClient(options: KafkaClientOptions): Kafka {
  installRequestQueue();
  return new Kafka({
    brokers: [...options.brokers],
    clientId: options.clientId,
    connectionTimeout: ASK_CONNECT_TIMEOUT_MS,
    requestTimeout: ASK_REQUEST_TIMEOUT_MS,
    retry: { retries: 0 },
    logLevel: logLevel.NOTHING,
    logCreator: kafkajsLog(options.log),
    ...securityOf(options),
    ...socketsFrom(options),
  });
}

/** As kafkajs wants it: it keeps an object of its own in `sasl`. */
export function securityOf({
  security,
}: Pick<KafkaClientOptions, 'security'>): Pick<KafkaConfig, 'ssl' | 'sasl'> {
  const { ssl, sasl } = security ?? {};
  return { ...(ssl && { ssl: { ...ssl } }), ...(sasl && { sasl: { ...sasl } as SASLOptions }) };
}

function socketsFrom({ localAddress }: KafkaClientOptions): Pick<KafkaConfig, 'socketFactory'> {
  if (localAddress === undefined) return {};
  return {
    socketFactory: ({ host, port, ssl, onConnect }) => {
      const where = { host, port, localAddress };
      if (!ssl) return connect(where, onConnect);
      const servername = isIP(host) === 0 ? { servername: host } : {};
      return connectTls({ ...where, ...servername, ...ssl }, onConnect);
    },
  };
}

const CREATE_CLUSTER = 'private:Kafka:createCluster';
const READ_UNCOMMITTED = 0;

/** What kafkajs makes for each client and exports to nobody (2.2.4). */
interface KafkaCluster {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
  readonly brokerPool: {
    readonly seedBroker: {
      readonly connectionPool: { send<T>(exchange: KafkaExchange<T>): Promise<T> };
    };
  };
}

/** A request that kafkajs does not have, and how its answer is read. */
interface KafkaExchange<T> {
  readonly request: {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    encode(): Promise<object>;
  };
  readonly response: {
    decode(raw: Buffer): Promise<T>;
    parse(decoded: T): Promise<T>;
  };
}

type CreateCluster<C = KafkaCluster> = (options: object) => C;

function clusterMakerOf(kafka: Kafka): { readonly key: symbol; readonly create: CreateCluster } {
  const key = Object.getOwnPropertySymbols(kafka).find((k) => k.description === CREATE_CLUSTER);
  const create = key && (kafka as unknown as Record<symbol, unknown>)[key];
  if (key === undefined || typeof create !== 'function') {
    throw new TypeError(`this kafkajs has no ${CREATE_CLUSTER}`);
  }
  return { key, create: create as CreateCluster };
}

/** The connections of one client, for requests that kafkajs does not have. */
export function createCluster(kafka: Kafka, options: object): KafkaCluster {
  return clusterMakerOf(kafka).create(options);
}

/**
 * An admin for which the end of a log is its high watermark. kafkajs's own asks as a consumer of committed
 * messages would and is told the last stable offset: what stands behind an open transaction is not there
 * for it. The isolation level is an option of the cluster that kafkajs makes for an admin, and of nothing
 * that it exports (2.2.4).
 */
export function createLogAdmin(kafka: Kafka): Admin {
  return withClusters(
    kafka,
    (create) => (options) => create({ ...options, isolationLevel: READ_UNCOMMITTED }),
  ).admin();
}

/** The same client, whose consumers, producers and admins make their clusters in another way. */
export function withClusters<C = KafkaCluster>(
  kafka: Kafka,
  change: (create: CreateCluster<C>) => CreateCluster<C>,
): Kafka {
  const { key, create } = clusterMakerOf(kafka);
  const value = change(create as unknown as CreateCluster<C>);
  return Object.create(kafka, { [key]: { value } }) as Kafka;
}
