import { IsString } from 'class-validator';
import { deepFreeze, groupCommon, type CommonConfig } from './common.config.js';
import { ConfigError, parseTogether, readEnvironment, type Environment } from './environment.js';
import { groupJwt, JwtVariables, type JwtConfig } from './jwt.config.js';
import type { TlsFiles } from './tls-files.js';
import { parseGrpcServerTls } from './transport.config.js';
import { parseTrustedProxies } from './trusted-proxies.js';
import { WholeNumber } from './variables.js';

// One or two renewals that come late must not end it.
const LEASE_HEARTBEATS_MIN = 3;

class CoordinatorVariables extends JwtVariables {
  @IsString()
  GRPC_HOST: string = '127.0.0.1';

  @WholeNumber(0, 65_535)
  GRPC_PORT!: number;

  /** Gateways, whose word on where their callers are is believed; empty: nobody's. */
  @IsString()
  TRUSTED_PROXIES: string = '';

  /** Bound of a call whose caller sets none, or a later one. */
  @WholeNumber(100, 60_000)
  COORDINATOR_CALL_DEADLINE_MS: number = 10_000;

  /** Calls of one client in a second, each message of a stream; 0: no limit. */
  @WholeNumber(0, 1_000_000)
  COORDINATOR_RATE_MAX: number = 100_000;

  /** Between two heartbeats, and between two tries to become the node's holder. */
  @WholeNumber(50, 60_000)
  COORDINATOR_HEARTBEAT_MS: number = 1_000;

  /** How long a holder that renews nothing, being frozen, keeps the node from another one. */
  @WholeNumber(500, 600_000)
  COORDINATOR_LEASE_MS: number = 5_000;

  /** Between two looks at each other node: does it answer, does it replicate, transfers to it. */
  @WholeNumber(50, 60_000)
  COORDINATOR_PEER_INTERVAL_MS: number = 1_000;

  /** How long another node has for an answer; beyond it the answer counts as unknown. */
  @WholeNumber(100, 14_000)
  COORDINATOR_PEER_TIMEOUT_MS: number = 5_000;

  /** Transfers in one call to another node. */
  @WholeNumber(1, 10_000)
  COORDINATOR_TRANSFER_BATCH_MAX: number = 500;

  /** Pay-ins in one call to their home. */
  @WholeNumber(1, 10_000)
  COORDINATOR_FORWARD_BATCH_MAX: number = 500;

  /** A pay-in of an account that its home still does not know after this long becomes a dead letter. */
  @WholeNumber(1_000, 604_800_000)
  COORDINATOR_PARKED_LIMIT_MS: number = 3_600_000;

  /** Longest wait between two restarts of a subscription that keeps failing. */
  @WholeNumber(1_000, 300_000)
  COORDINATOR_RESTART_DELAY_MAX_MS: number = 4_000;

  /** Balance rows made in one transaction. */
  @WholeNumber(1, 10_000)
  COORDINATOR_BALANCE_ROWS_MAX: number = 1_000;

  /** Entries that have arrived packed and become rows of the log in one transaction, about. */
  @WholeNumber(1, 100_000)
  COORDINATOR_UNPACK_ENTRIES_MAX: number = 2_000;

  /** Decisions in one call to another node. They are told at once; this is for what could not be. */
  @WholeNumber(1, 10_000)
  COORDINATOR_TELL_BATCH_MAX: number = 200;

  /** Between two tries to tell a node what it has not heard, where one has failed. */
  @WholeNumber(50, 60_000)
  COORDINATOR_TELL_INTERVAL_MS: number = 1_000;

  /** Between two looks for what there is to do: drains left behind, decisions untold, accounts that have arrived. */
  @WholeNumber(50, 60_000)
  COORDINATOR_RECOVERY_INTERVAL_MS: number = 1_000;

  /** Drains that recovery takes up in one look. */
  @WholeNumber(1, 10_000)
  COORDINATOR_RECOVERY_BATCH_MAX: number = 200;

  /** How long the key of a pay-out is remembered, and what is left of a closed drain. */
  @WholeNumber(1, 3_650)
  COORDINATOR_KEEP_KEYS_DAYS: number = 30;

  /** Between two looks for keys that are old enough to be forgotten. */
  @WholeNumber(1_000, 86_400_000)
  COORDINATOR_FORGET_INTERVAL_MS: number = 60_000;

  /** Rows of each kind that are forgotten in one transaction. */
  @WholeNumber(1, 10_000)
  COORDINATOR_FORGET_BATCH_MAX: number = 500;

  /** Between two steps of the auditor: each is one bounded look. */
  @WholeNumber(50, 60_000)
  COORDINATOR_AUDIT_INTERVAL_MS: number = 1_000;

  /** Accounts, or other rows, in one step of the auditor. */
  @WholeNumber(1, 20_000)
  COORDINATOR_AUDIT_BATCH_MAX: number = 2_500;

  /** A quick pass over all balances begins at most so often. */
  @WholeNumber(100, 3_600_000)
  COORDINATOR_AUDIT_PASS_MS: number = 20_000;

  /** A thorough pass, over all entries and with the other nodes, begins at most so often. */
  @WholeNumber(100, 86_400_000)
  COORDINATOR_AUDIT_THOROUGH_PASS_MS: number = 600_000;

  /** What is open so long past its deadline is called in doubt. */
  @WholeNumber(1_000, 86_400_000)
  COORDINATOR_AUDIT_DOUBT_MS: number = 60_000;

  /** Pay-outs in one SQL call. */
  @WholeNumber(1, 10_000)
  COORDINATOR_PAY_OUT_BATCH_MAX: number = 256;

  /** SQL calls with pay-outs at once; each of them takes its own accounts. */
  @WholeNumber(1, 64)
  COORDINATOR_PAY_OUT_CALLS_MAX: number = 2;

  /** Pay-outs that were taken and not yet answered; beyond it callers hear OVERLOADED. */
  @WholeNumber(1, 1_000_000)
  COORDINATOR_PAY_OUTS_MAX: number = 10_000;

  /** The same of one stream; beyond it the stream is not read. */
  @WholeNumber(1, 100_000)
  COORDINATOR_STREAM_PAY_OUTS_MAX: number = 1_024;

  /** PostgreSQL sessions for pay-outs that the homes of their keys decide, at other nodes; half of them for one home. */
  @WholeNumber(8, 64)
  COORDINATOR_HAND_OVER_SESSIONS_MAX: number = 16;

  /** How long a pay-out may take when its caller does not say. */
  @WholeNumber(50, 60_000)
  COORDINATOR_PAY_OUT_DEADLINE_MS: number = 5_000;

  /** The longest that a caller may ask for. */
  @WholeNumber(50, 600_000)
  COORDINATOR_PAY_OUT_DEADLINE_MAX_MS: number = 30_000;

  /** How long a hold lasts when its caller does not say: a week. */
  @WholeNumber(1, 4_000_000_000)
  COORDINATOR_HOLD_MS: number = 604_800_000;

  /** The longest that a caller may ask for: 31 days. */
  @WholeNumber(1, 4_000_000_000)
  COORDINATOR_HOLD_MAX_MS: number = 2_678_400_000;

  /** PostgreSQL sessions that ask other nodes about parts of holds, and hand holds over to their homes; half of them for one home. */
  @WholeNumber(6, 64)
  COORDINATOR_HOLD_SESSIONS_MAX: number = 12;

  /** How long donors have for the answer to one round; beyond it the answer counts as unknown. */
  @WholeNumber(10, 14_000)
  COORDINATOR_RESERVE_TIMEOUT_MS: number = 1_000;

  /** PostgreSQL sessions that keep connections to the other nodes, for rounds of drains at once. */
  @WholeNumber(1, 64)
  COORDINATOR_RESERVE_SESSIONS_MAX: number = 8;

  /** Drains whose round shares one call, when there are more of them than sessions. */
  @WholeNumber(1, 1_000)
  COORDINATOR_RESERVE_BATCH_MAX: number = 64;
}

export interface CoordinatorConfig extends CommonConfig {
  readonly jwt: JwtConfig;
  readonly grpc: {
    readonly host: string;
    readonly port: number;
    readonly callDeadlineMs: number;
    readonly rateMax: number;
    readonly trustedProxies: readonly string[];
    /** Undefined: in plain text. With a CA, only clients with a certificate of it are let in. */
    readonly tls: TlsFiles | undefined;
  };
  readonly holder: {
    readonly heartbeatMs: number;
    readonly leaseMs: number;
    readonly peerIntervalMs: number;
    readonly peerTimeoutMs: number;
    readonly transferBatchMax: number;
    readonly forwardBatchMax: number;
    readonly parkedLimitMs: number;
    readonly restartDelayMaxMs: number;
    readonly balanceRowsMax: number;
    readonly unpackEntriesMax: number;
    readonly tellBatchMax: number;
    readonly tellIntervalMs: number;
    readonly recoveryIntervalMs: number;
    readonly recoveryBatchMax: number;
    readonly keepKeysDays: number;
    readonly forgetIntervalMs: number;
    readonly forgetBatchMax: number;
  };
  readonly audit: {
    readonly intervalMs: number;
    readonly batchMax: number;
    readonly passMs: number;
    readonly thoroughPassMs: number;
    readonly doubtMs: number;
  };
  readonly payOuts: {
    readonly batchSizeMax: number;
    readonly callsMax: number;
    readonly openMax: number;
    readonly openPerStreamMax: number;
    readonly handOverSessionsMax: number;
    readonly deadlineMs: number;
    readonly deadlineMaxMs: number;
  };
  readonly holds: {
    readonly heldForMs: number;
    readonly heldForMaxMs: number;
    readonly sessionsMax: number;
  };
  readonly drains: {
    readonly reserveTimeoutMs: number;
    readonly sessionsMax: number;
    readonly batchSizeMax: number;
  };
}

/** @throws ConfigError with all violations at once */
export function parseCoordinatorConfig(env: Environment): CoordinatorConfig {
  const v = readEnvironment(CoordinatorVariables, env);
  if (v.COORDINATOR_LEASE_MS < LEASE_HEARTBEATS_MIN * v.COORDINATOR_HEARTBEAT_MS) {
    throw new ConfigError([
      `COORDINATOR_LEASE_MS must not be less than ${LEASE_HEARTBEATS_MIN} times COORDINATOR_HEARTBEAT_MS`,
    ]);
  }
  const { common, jwt, grpcTls, trustedProxies } = parseTogether({
    common: () => groupCommon(v, env),
    jwt: () => groupJwt(v, env),
    grpcTls: () => parseGrpcServerTls(env),
    trustedProxies: () => parseTrustedProxies(v.TRUSTED_PROXIES),
  });
  return deepFreeze({
    ...common,
    jwt,
    grpc: {
      host: v.GRPC_HOST,
      port: v.GRPC_PORT,
      callDeadlineMs: v.COORDINATOR_CALL_DEADLINE_MS,
      rateMax: v.COORDINATOR_RATE_MAX,
      trustedProxies,
      tls: grpcTls,
    },
    holder: {
      heartbeatMs: v.COORDINATOR_HEARTBEAT_MS,
      leaseMs: v.COORDINATOR_LEASE_MS,
      peerIntervalMs: v.COORDINATOR_PEER_INTERVAL_MS,
      peerTimeoutMs: v.COORDINATOR_PEER_TIMEOUT_MS,
      transferBatchMax: v.COORDINATOR_TRANSFER_BATCH_MAX,
      forwardBatchMax: v.COORDINATOR_FORWARD_BATCH_MAX,
      parkedLimitMs: v.COORDINATOR_PARKED_LIMIT_MS,
      restartDelayMaxMs: v.COORDINATOR_RESTART_DELAY_MAX_MS,
      balanceRowsMax: v.COORDINATOR_BALANCE_ROWS_MAX,
      unpackEntriesMax: v.COORDINATOR_UNPACK_ENTRIES_MAX,
      tellBatchMax: v.COORDINATOR_TELL_BATCH_MAX,
      tellIntervalMs: v.COORDINATOR_TELL_INTERVAL_MS,
      recoveryIntervalMs: v.COORDINATOR_RECOVERY_INTERVAL_MS,
      recoveryBatchMax: v.COORDINATOR_RECOVERY_BATCH_MAX,
      keepKeysDays: v.COORDINATOR_KEEP_KEYS_DAYS,
      forgetIntervalMs: v.COORDINATOR_FORGET_INTERVAL_MS,
      forgetBatchMax: v.COORDINATOR_FORGET_BATCH_MAX,
    },
    audit: {
      intervalMs: v.COORDINATOR_AUDIT_INTERVAL_MS,
      batchMax: v.COORDINATOR_AUDIT_BATCH_MAX,
      passMs: v.COORDINATOR_AUDIT_PASS_MS,
      thoroughPassMs: v.COORDINATOR_AUDIT_THOROUGH_PASS_MS,
      doubtMs: v.COORDINATOR_AUDIT_DOUBT_MS,
    },
    payOuts: {
      batchSizeMax: v.COORDINATOR_PAY_OUT_BATCH_MAX,
      callsMax: v.COORDINATOR_PAY_OUT_CALLS_MAX,
      openMax: v.COORDINATOR_PAY_OUTS_MAX,
      openPerStreamMax: v.COORDINATOR_STREAM_PAY_OUTS_MAX,
      handOverSessionsMax: v.COORDINATOR_HAND_OVER_SESSIONS_MAX,
      deadlineMs: v.COORDINATOR_PAY_OUT_DEADLINE_MS,
      deadlineMaxMs: v.COORDINATOR_PAY_OUT_DEADLINE_MAX_MS,
    },
    holds: groupHolds(v),
    drains: {
      reserveTimeoutMs: v.COORDINATOR_RESERVE_TIMEOUT_MS,
      sessionsMax: v.COORDINATOR_RESERVE_SESSIONS_MAX,
      batchSizeMax: v.COORDINATOR_RESERVE_BATCH_MAX,
    },
  });
}

function groupHolds(v: CoordinatorVariables): CoordinatorConfig['holds'] {
  return {
    heldForMs: v.COORDINATOR_HOLD_MS,
    heldForMaxMs: v.COORDINATOR_HOLD_MAX_MS,
    sessionsMax: v.COORDINATOR_HOLD_SESSIONS_MAX,
  };
}
