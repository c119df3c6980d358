import type { UpstreamTopic } from '@billing/contracts';
import { IsIn, IsString, Matches } from 'class-validator';
import {
  deepFreeze,
  groupCommon,
  type CommonConfig,
  type ListenerConfig,
} from './common.config.js';
import { ConfigError, parseTogether, readEnvironment, type Environment } from './environment.js';
import { groupJwt, JwtVariables, type JwtConfig } from './jwt.config.js';
import { parseKafkaSecurity, type KafkaConfig } from './kafka-security.config.js';
import type { TlsFiles } from './tls-files.js';
import { findPlaintext, parseGrpcClientTls } from './transport.config.js';
import { parseTrustedProxies } from './trusted-proxies.js';
import { parseUpstreamTopics } from './upstream-topics.config.js';
import { BROKER_LIST, WholeNumber } from './variables.js';

/** node=URL, separated by spaces. */
const PEER_GATEWAYS = /^$|^[1-9]\d?=https?:\/\/[^\s/@]+( [1-9]\d?=https?:\/\/[^\s/@]+)*$/;

class GatewayVariables extends JwtVariables {
  /** Proxies and other gateways, whose word on where their callers are is believed; empty: nobody's. */
  @IsString()
  TRUSTED_PROXIES: string = '';

  @IsString()
  HTTP_HOST: string = '127.0.0.1';

  @WholeNumber(0, 65_535)
  HTTP_PORT!: number;

  @Matches(BROKER_LIST, { message: 'KAFKA_BROKERS must look like host:port,host:port' })
  KAFKA_BROKERS!: string;

  @IsString()
  KAFKA_CLIENT_ID: string = 'billing-gateway';

  @Matches(/^[^\s:,]+:\d{1,5}$/, { message: 'COORDINATOR_URL must look like host:port' })
  COORDINATOR_URL!: string;

  @WholeNumber(100, 60_000)
  COORDINATOR_DEADLINE_MS: number = 10_000;

  /** From a pay-in's arrival to its 202 or 503. */
  @WholeNumber(100, 60_000)
  PAY_IN_DEADLINE_MS: number = 5_000;

  /**
   * How long the first pay-in of a Kafka batch waits for company. With 64 connections, on 2 cores that
   * client and broker shared: 0 ms 5,600/s, 2 ms 7,200/s, 5 ms 6,400/s (tests/load/src/gateway-bench.ts).
   */
  @WholeNumber(0, 100)
  PAY_IN_LINGER_MS: number = 2;

  @WholeNumber(1, 10_000)
  PAY_IN_BATCH_MESSAGES_MAX: number = 2_000;

  /** Below the broker's message.max.bytes (1 MiB): a batch may go to one partition whole. */
  @WholeNumber(32_768, 1_000_000)
  PAY_IN_BATCH_BYTES_MAX: number = 786_432;

  /** Pay-ins waiting for the broker; more are refused at once. */
  @WholeNumber(10_000, 1_000_000)
  PAY_IN_QUEUE_MAX: number = 50_000;

  /** How long a drain may take when the request does not say. */
  @WholeNumber(100, 60_000)
  PAY_OUT_DEADLINE_MS: number = 5_000;

  /** The longest deadline that a request may name. */
  @WholeNumber(100, 60_000)
  PAY_OUT_DEADLINE_MAX_MS: number = 30_000;

  /** Beyond the pay-out's own deadline, before its outcome counts as unknown. */
  @WholeNumber(50, 30_000)
  PAY_OUT_ANSWER_MARGIN_MS: number = 1_000;

  /**
   * Pay-outs waiting for the coordinator's answers; more are refused at once. Not above
   * COORDINATOR_STREAM_PAY_OUTS_MAX: the coordinator would leave the rest unread.
   */
  @WholeNumber(1, 100_000)
  PAY_OUT_IN_FLIGHT_MAX: number = 1_000;

  /** Items of one bulk of pay-outs that wait for the coordinator. */
  @WholeNumber(1, 10_000)
  PAY_OUT_BULK_IN_FLIGHT_MAX: number = 200;

  @WholeNumber(1_024, 67_108_864)
  HTTP_BODY_BYTES_MAX: number = 65_536;

  @WholeNumber(1_024, 67_108_864)
  HTTP_BULK_BODY_BYTES_MAX: number = 8_388_608;

  /** Bulk bodies held at once, from the first byte to the answer; more are refused until there is room. */
  @WholeNumber(1_024, 1_073_741_824)
  HTTP_BULK_HELD_BYTES_MAX: number = 67_108_864;

  /** A client that has not sent its whole request by then is cut off. */
  @WholeNumber(1_000, 300_000)
  HTTP_REQUEST_TIMEOUT_MS: number = 30_000;

  /** Connections open at once; more are closed unanswered. */
  @WholeNumber(10, 1_000_000)
  HTTP_CONNECTIONS_MAX: number = 10_000;

  /** Requests of one client (subject and tenant of its token) in a second, items of bulks counted each; 0: no limit. */
  @WholeNumber(0, 1_000_000)
  HTTP_RATE_MAX: number = 100_000;

  /** Requests from one address in a second whose token is refused; more are not looked at; 0: no limit. */
  @WholeNumber(0, 1_000_000)
  HTTP_REFUSED_RATE_MAX: number = 1_000;

  /** How long a request waits for what its `Billing-After` names; then it is answered with what is here, as stale. */
  @WholeNumber(100, 30_000)
  HTTP_AFTER_WAIT_MS: number = 2_000;

  /** Requests that wait so at once; more are refused. */
  @WholeNumber(1, 100_000)
  HTTP_AFTER_WAITING_MAX: number = 1_000;

  /** The other datacenters' gateways, whom the console asks how they are; empty: their lag is not shown. */
  @Matches(PEER_GATEWAYS, {
    message: 'CONSOLE_PEER_GATEWAYS must look like 2=http://host:port 3=…',
  })
  CONSOLE_PEER_GATEWAYS: string = '';

  /** Production with peers that are reached in plain text, and operators' own tokens on the way. */
  @IsIn(['true', 'false'])
  CONSOLE_ALLOW_PLAINTEXT: 'true' | 'false' = 'false';

  /** Consoles that are kept up to date at once; more are refused. */
  @WholeNumber(1, 1_000)
  CONSOLE_STREAMS_MAX: number = 32;

  /** Of one client, so that nobody takes all of them. */
  @WholeNumber(1, 1_000)
  CONSOLE_STREAMS_PER_CLIENT_MAX: number = 8;
}

export interface GatewayConfig extends CommonConfig {
  readonly http: ListenerConfig;
  readonly jwt: JwtConfig;
  readonly kafka: KafkaConfig;
  /** Whose lag is told beside that of `billing.payin`. */
  readonly upstreamTopics: readonly UpstreamTopic[];
  readonly coordinator: {
    readonly url: string;
    readonly deadlineMs: number;
    /** Undefined: in plain text. Without a CA those that Node comes with are believed. */
    readonly tls: TlsFiles | undefined;
  };
  readonly payIn: {
    readonly deadlineMs: number;
    readonly lingerMs: number;
    readonly batchMessagesMax: number;
    readonly batchBytesMax: number;
    readonly queueMax: number;
  };
  readonly payOut: {
    readonly deadlineMs: number;
    readonly deadlineMaxMs: number;
    readonly answerMarginMs: number;
    readonly inFlightMax: number;
    readonly bulkInFlightMax: number;
  };
  readonly trustedProxies: readonly string[];
  readonly limits: {
    readonly bodyBytesMax: number;
    readonly bulkBodyBytesMax: number;
    readonly bulkHeldBytesMax: number;
    readonly requestTimeoutMs: number;
    readonly connectionsMax: number;
    readonly rateMax: number;
    readonly refusedRateMax: number;
  };
  readonly arrivals: {
    readonly waitMs: number;
    readonly waitingMax: number;
  };
  readonly console: {
    readonly peerGateways: readonly { readonly nodeId: number; readonly url: string }[];
    readonly streamsMax: number;
    readonly streamsPerClientMax: number;
  };
}

/** @throws ConfigError with all violations at once */
export function parseGatewayConfig(env: Environment): GatewayConfig {
  const v = readEnvironment(GatewayVariables, env);
  if (v.PAY_OUT_DEADLINE_MS > v.PAY_OUT_DEADLINE_MAX_MS) {
    throw new ConfigError(['PAY_OUT_DEADLINE_MS must not exceed PAY_OUT_DEADLINE_MAX_MS']);
  }
  if (v.HTTP_BULK_HELD_BYTES_MAX < v.HTTP_BULK_BODY_BYTES_MAX) {
    // The largest body would be told to come again, for ever.
    throw new ConfigError([
      'HTTP_BULK_HELD_BYTES_MAX must not be less than HTTP_BULK_BODY_BYTES_MAX',
    ]);
  }
  const { common, jwt, kafkaSecurity, upstreamTopics, grpcTls, peerGateways, trustedProxies } =
    parseTogether({
      common: () => groupCommon(v, env),
      jwt: () => groupJwt(v, env),
      kafkaSecurity: () => parseKafkaSecurity(env),
      upstreamTopics: () => parseUpstreamTopics(env),
      grpcTls: () => parseGrpcClientTls(env),
      peerGateways: () => groupPeerGateways(v, env),
      trustedProxies: () => parseTrustedProxies(v.TRUSTED_PROXIES),
    });
  return deepFreeze({
    ...common,
    http: { ...common.management, host: v.HTTP_HOST, port: v.HTTP_PORT },
    jwt,
    kafka: {
      brokers: v.KAFKA_BROKERS.split(','),
      clientId: v.KAFKA_CLIENT_ID,
      security: kafkaSecurity,
    },
    upstreamTopics,
    coordinator: { url: v.COORDINATOR_URL, deadlineMs: v.COORDINATOR_DEADLINE_MS, tls: grpcTls },
    payIn: {
      deadlineMs: v.PAY_IN_DEADLINE_MS,
      lingerMs: v.PAY_IN_LINGER_MS,
      batchMessagesMax: v.PAY_IN_BATCH_MESSAGES_MAX,
      batchBytesMax: v.PAY_IN_BATCH_BYTES_MAX,
      queueMax: v.PAY_IN_QUEUE_MAX,
    },
    payOut: {
      deadlineMs: v.PAY_OUT_DEADLINE_MS,
      deadlineMaxMs: v.PAY_OUT_DEADLINE_MAX_MS,
      answerMarginMs: v.PAY_OUT_ANSWER_MARGIN_MS,
      inFlightMax: v.PAY_OUT_IN_FLIGHT_MAX,
      bulkInFlightMax: v.PAY_OUT_BULK_IN_FLIGHT_MAX,
    },
    trustedProxies,
    limits: {
      bodyBytesMax: v.HTTP_BODY_BYTES_MAX,
      bulkBodyBytesMax: v.HTTP_BULK_BODY_BYTES_MAX,
      bulkHeldBytesMax: v.HTTP_BULK_HELD_BYTES_MAX,
      requestTimeoutMs: v.HTTP_REQUEST_TIMEOUT_MS,
      connectionsMax: v.HTTP_CONNECTIONS_MAX,
      rateMax: v.HTTP_RATE_MAX,
      refusedRateMax: v.HTTP_REFUSED_RATE_MAX,
    },
    arrivals: { waitMs: v.HTTP_AFTER_WAIT_MS, waitingMax: v.HTTP_AFTER_WAITING_MAX },
    console: {
      peerGateways,
      streamsMax: v.CONSOLE_STREAMS_MAX,
      streamsPerClientMax: v.CONSOLE_STREAMS_PER_CLIENT_MAX,
    },
  });
}

function groupPeerGateways(
  v: GatewayVariables,
  env: Environment,
): GatewayConfig['console']['peerGateways'] {
  const peers = v.CONSOLE_PEER_GATEWAYS.split(' ').filter(Boolean).map(toPeerGateway);
  if (peers.some(({ url }) => url.startsWith('http:'))) {
    const what = "CONSOLE_PEER_GATEWAYS takes operators' own tokens there in plain text";
    const violations = findPlaintext(env, 'CONSOLE_ALLOW_PLAINTEXT', what, 'give them https: URLs');
    if (violations.length > 0) throw new ConfigError(violations);
  }
  return peers;
}

function toPeerGateway(text: string): { nodeId: number; url: string } {
  const [nodeId = '', url = ''] = text.split('=', 2);
  return { nodeId: Number(nodeId), url };
}
