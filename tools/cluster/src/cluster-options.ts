import type { EngineName } from './engine.js';
import type { KafkaOptions } from './kafka-settings.js';
import type { AppKind, MemberKind, RestartPolicy } from './member.js';
import type { PeerAddress } from './pipeline.js';
import type { PostgresOptions } from './postgres-settings.js';

export interface ClusterOptions {
  /** Default: the one that TEST_ENGINE names; native without it. */
  readonly engine?: EngineName;
  /** Where state lives. Default: a new temporary folder, which `destroy` removes. */
  readonly home?: string;
  /** Default 3. */
  readonly nodeCount?: number;
  /** `default` = those of topology.json; `free` (default) = each found free, kept in the home. */
  readonly ports?: 'default' | 'free';
  /** Which kinds of members run. Default: all. Apps run from their dist. */
  readonly members?: readonly MemberKind[];
  /** Run sql/run_sql.sh within start(). Default: when apps are among the members. */
  readonly pipeline?: boolean;
  /** Sample rows of the pipeline's last stage. Default false. */
  readonly sampleData?: boolean;
  readonly postgres?: PostgresOptions;
  readonly kafka?: KafkaOptions;
  /** HTTP, gRPC and PostgreSQL over TLS, with a CA of the home's own. Default false. */
  readonly tls?: boolean;
  /** Brokers let in the users of the topology, each for what it needs, and nobody else. Default false. */
  readonly kafkaUsers?: boolean;
  /** Further environment per app, for instance a shorter deadline. */
  readonly appEnvironment?: Readonly<Partial<Record<AppKind, Readonly<Record<string, string>>>>>;
  /** How one node reaches another's PostgreSQL (host:port), where not directly: TCP proxies. */
  readonly peerAddress?: PeerAddress;
  /** Crashed members come back by themselves. Default: they do not. */
  readonly restart?: RestartPolicy;
  /** NODE_ENV of apps and pipeline. Default `test`. */
  readonly nodeEnvironment?: string;
  /** Asked by destroy() while members run still; what it throws, destroy() throws when all is gone. */
  readonly beforeDestroy?: () => Promise<void>;
  readonly log?: (line: string) => void;
}
