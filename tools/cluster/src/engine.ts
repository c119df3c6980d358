import type { AppMemberInput } from './app-member.js';
import { ClusterError } from './cluster-error.js';
import type { TlsFiles } from './cluster-tls.js';
import type { KafkaOptions } from './kafka-settings.js';
import type { KafkaUsers } from './kafka-users.js';
import type { MemberSpec } from './member.js';
import type { PostgresOptions } from './postgres-settings.js';
import type { Program, ProgramRun } from './program.js';
import type { Secrets } from './secrets.js';
import type { Topic } from './topology.js';

export const engineNames = ['native', 'docker'] as const;
export type EngineName = (typeof engineNames)[number];

interface MemberPlace {
  readonly nodeId: number;
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly logFile: string;
}

export interface PostgresInput extends MemberPlace {
  readonly database: string;
  readonly superuser: string;
  readonly secrets: Secrets;
  /** Undefined: in plain text. Made before the member starts. */
  readonly tls: TlsFiles | undefined;
  readonly options: PostgresOptions;
}

export interface KafkaInput extends MemberPlace {
  readonly controllerPort: number;
  readonly topics: readonly Topic[];
  readonly users: KafkaUsers | undefined;
  readonly options: KafkaOptions;
}

export interface AppInput extends AppMemberInput {
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * What members run in: processes of this machine, or containers. Both listen on the same addresses of
 * this machine, so nobody but the engine needs to know which one it is.
 */
export interface Engine {
  readonly name: EngineName;
  postgresMember(input: PostgresInput): MemberSpec;
  kafkaMember(input: KafkaInput): MemberSpec;
  appMember(input: AppInput): MemberSpec;
  /** psql, or a script that calls it. */
  runDatabaseProgram(program: Program): Promise<ProgramRun>;
  /** A main class of Kafka's tools, beside the broker of a node. */
  runKafkaProgram(
    nodeId: number,
    program: Pick<Program, 'args' | 'input' | 'timeoutMs'>,
  ): Promise<ProgramRun>;
  /** A setting as a node's broker was last told it; undefined: it was never told any. */
  brokerSetting(nodeId: number, name: string): Promise<string | undefined>;
  /** The key that the servers read from now on. */
  replacePgcryptoKey(key: string): Promise<void>;
  /** Removes what outlives a stop and is not in the home. */
  remove(): Promise<void>;
}

/**
 * TEST_ENGINE, as jest.config.mjs sets it where nobody else has (tools/bootstrap/test-engine.mjs);
 * native without it. @throws ClusterError BAD_REQUEST
 */
export function engineNameOf(environment: NodeJS.ProcessEnv): EngineName {
  const wanted = environment['TEST_ENGINE'] || 'native';
  const found = engineNames.find((name) => name === wanted);
  if (found) return found;
  throw new ClusterError('BAD_REQUEST', `TEST_ENGINE is "${wanted}": say native or docker`);
}
