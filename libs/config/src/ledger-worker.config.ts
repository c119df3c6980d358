import type { UpstreamTopic } from '@billing/contracts';
import { IsIn, IsString, Matches } from 'class-validator';
import { deepFreeze, groupCommon, type CommonConfig } from './common.config.js';
import { parseTogether, readEnvironment, type Environment } from './environment.js';
import { parseKafkaSecurity, type KafkaConfig } from './kafka-security.config.js';
import { parseUpstreamTopics } from './upstream-topics.config.js';
import { BROKER_LIST, CommonVariables, WholeNumber } from './variables.js';

class LedgerWorkerVariables extends CommonVariables {
  @Matches(BROKER_LIST, { message: 'KAFKA_BROKERS must look like host:port,host:port' })
  KAFKA_BROKERS!: string;

  @IsString()
  KAFKA_CLIENT_ID: string = 'billing-ledger-worker';

  @IsString()
  WORKER_GROUP_ID: string = 'billing-ledger-worker';

  /** Messages in one SQL call at most. */
  @WholeNumber(1, 8_000)
  WORKER_BATCH_SIZE_MAX: number = 8_000;

  /** Group members in one process: one fetches while another's batch is being applied. */
  @WholeNumber(1, 12)
  WORKER_MEMBERS: number = 2;

  /** Partitions that each member works on at a time. */
  @WholeNumber(1, 12)
  WORKER_PARTITIONS_CONCURRENT: number = 1;

  /** Bound of one SQL call. */
  @WholeNumber(1_000, 300_000)
  WORKER_STATEMENT_TIMEOUT_MS: number = 30_000;

  @WholeNumber(10_000, 16_777_216)
  WORKER_FETCH_BYTES_MAX: number = 600_000;

  @WholeNumber(6_000, 300_000)
  WORKER_SESSION_TIMEOUT_MS: number = 10_000;

  @WholeNumber(100, 600_000)
  WORKER_PARKED_RETRY_MS: number = 1_000;

  /** A pay-in of an account still unknown after this long becomes a dead letter. */
  @WholeNumber(1_000, 604_800_000)
  WORKER_PARKED_LIMIT_MS: number = 3_600_000;

  /** An upstream service of the default tenant writes `billing.payin`, too: its messages name neither tenant nor client. */
  @IsIn(['true', 'false'])
  WORKER_ALLOW_NAMELESS: 'true' | 'false' = 'false';
}

export interface LedgerWorkerConfig extends CommonConfig {
  readonly kafka: KafkaConfig;
  readonly worker: {
    readonly groupId: string;
    readonly batchSizeMax: number;
    readonly members: number;
    readonly partitionsConcurrent: number;
    readonly statementTimeoutMs: number;
    readonly fetchBytesMax: number;
    readonly sessionTimeoutMs: number;
    readonly parkedRetryMs: number;
    readonly parkedLimitMs: number;
    readonly allowNameless: boolean;
  };
  /** Consumed beside `billing.payin`. */
  readonly upstreamTopics: readonly UpstreamTopic[];
}

/** @throws ConfigError with all violations at once */
export function parseLedgerWorkerConfig(env: Environment): LedgerWorkerConfig {
  const v = readEnvironment(LedgerWorkerVariables, env);
  const { common, kafkaSecurity, upstreamTopics } = parseTogether({
    common: () => groupCommon(v, env),
    kafkaSecurity: () => parseKafkaSecurity(env),
    upstreamTopics: () => parseUpstreamTopics(env),
  });
  return deepFreeze({
    ...common,
    kafka: {
      brokers: v.KAFKA_BROKERS.split(','),
      clientId: v.KAFKA_CLIENT_ID,
      security: kafkaSecurity,
    },
    worker: {
      groupId: v.WORKER_GROUP_ID,
      batchSizeMax: v.WORKER_BATCH_SIZE_MAX,
      members: v.WORKER_MEMBERS,
      partitionsConcurrent: v.WORKER_PARTITIONS_CONCURRENT,
      statementTimeoutMs: v.WORKER_STATEMENT_TIMEOUT_MS,
      fetchBytesMax: v.WORKER_FETCH_BYTES_MAX,
      sessionTimeoutMs: v.WORKER_SESSION_TIMEOUT_MS,
      parkedRetryMs: v.WORKER_PARKED_RETRY_MS,
      parkedLimitMs: v.WORKER_PARKED_LIMIT_MS,
      allowNameless: v.WORKER_ALLOW_NAMELESS === 'true',
    },
    upstreamTopics,
  });
}
