import { readFileSync } from 'node:fs';
import type { ClusterOptions } from './cluster-options.js';
import {
  prepareTls,
  tlsEnvironment,
  tlsFilesIn,
  verifiedLinks,
  verifiedUrl,
  type TlsFiles,
} from './cluster-tls.js';
import { adminLogin, kafkaUsersOf, type KafkaLogin, type KafkaUsers } from './kafka-users.js';
import type { AppKind } from './member.js';
import { possiblePostgresOwner } from './os-user.js';
import type { Secrets } from './secrets.js';
import type { OwnedTopic, Topic, Topology } from './topology.js';

/** As a client of kafkajs takes it: where the broker is, and how it lets the admin in. */
export interface KafkaConnection {
  readonly brokers: string[];
  /** Undefined, as the login is: brokers that know no users, in plain text. */
  readonly ssl?: { readonly ca: string };
  readonly sasl?: KafkaLogin & { readonly mechanism: 'scram-sha-512' };
}

/** Where a coordinator is, and what it shows and wants to see. */
export interface CoordinatorConnection {
  readonly address: string;
  /** In PEM; undefined: in plain text. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
}

/** TLS and users of Kafka in one cluster, for its members and for whoever comes to them. */
export class ClusterSecurity {
  constructor(
    private readonly options: ClusterOptions,
    private readonly topology: Topology,
    private readonly secrets: Secrets,
    private readonly tlsFolder: string,
  ) {}

  /** Undefined: in plain text. The files are made by `prepare`. */
  get tls(): TlsFiles | undefined {
    return this.options.tls ? tlsFilesIn(this.tlsFolder) : undefined;
  }

  get scheme(): 'http' | 'https' {
    return this.options.tls ? 'https' : 'http';
  }

  /** Undefined: brokers let in anybody. */
  get kafkaUsers(): KafkaUsers | undefined {
    if (!this.options.kafkaUsers) return undefined;
    const { topology, upstreamTopics, tls } = this;
    const password = (user: string): string => this.secrets.password(user);
    return kafkaUsersOf({ ...topology, upstreamTopics }, password, tls);
  }

  get topics(): readonly Topic[] {
    const { topics } = this.topology;
    return this.options.kafkaUsers ? [...topics, ...this.upstreamTopics] : topics;
  }

  prepare(): void {
    prepareTls(this.tlsFolder, this.tls !== undefined, possiblePostgresOwner());
  }

  databaseUrl(plainUrl: string): string {
    return this.tls ? verifiedUrl(plainUrl, this.tls) : plainUrl;
  }

  /** What sql/run_sql.sh is told beside its environment in plain text. */
  get pipelineEnvironment(): Record<string, string> {
    return this.tls ? verifiedLinks(this.tls) : {};
  }

  /** What an app is told beside its environment in plain text. */
  appEnvironment(kind: AppKind): Record<string, string> {
    return this.tls ? tlsEnvironment(kind, this.tls, this.options.kafkaUsers === true) : {};
  }

  kafkaConnection(broker: string): KafkaConnection {
    const users = this.kafkaUsers;
    return {
      brokers: [broker],
      ...(users && { sasl: { ...adminLogin(users), mechanism: 'scram-sha-512' } }),
      ...(users?.tls && { ssl: { ca: readFileSync(users.tls.caFile, 'utf8') } }),
    };
  }

  coordinatorConnection(address: string): CoordinatorConnection {
    if (this.tls === undefined) return { address };
    const { caFile, certFile, keyFile } = this.tls;
    const [ca, cert, key] = [caFile, certFile, keyFile].map((file) => readFileSync(file, 'utf8'));
    return { address, tls: { ca: ca!, cert: cert!, key: key! } };
  }

  private get upstreamTopics(): readonly OwnedTopic[] {
    return this.options.kafka?.upstreamTopics ?? this.topology.upstreamTopics;
  }
}
