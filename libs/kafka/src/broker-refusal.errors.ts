import kafkajs from 'kafkajs';

const { KafkaJSProtocolError } = kafkajs;

/**
 * A broker answers, and not this client: somebody has to mend a user, a right or a certificate. Trying
 * again may help, as an operator may mend it at the broker.
 */
export class BrokerRefusalError extends Error {
  readonly code = 'BROKER_REFUSED';
  readonly retryable = true;

  /** @param advice what to do */
  constructor(advice: string, cause: Error) {
    super(`${advice} (${cause.message})`, { cause });
    this.name = 'BrokerRefusalError';
  }
}

const USER =
  'the broker does not take this user: check KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD_FILE, and the users of the broker';
const LOGIN = 'logging in at the broker failed; trying again';
const MECHANISM = 'the broker offers another mechanism: check KAFKA_SASL_MECHANISM';
const UNKNOWN_CA =
  'the certificate of the broker is of no CA that is believed: put the certificate of its CA into KAFKA_SSL_CA_FILE';
const OWN_CERTIFICATE =
  'the broker does not take the certificate of this client: check KAFKA_SSL_CERT_FILE and KAFKA_SSL_KEY_FILE, and the CAs that the broker believes';
const NO_TLS =
  'there is no TLS at this address: check the port in KAFKA_BROKERS, or leave out KAFKA_SSL and KAFKA_SSL_..._FILE';

/** By the broker's words (protocol errors). */
const refusals: ReadonlyMap<string, string> = new Map([
  [
    'TOPIC_AUTHORIZATION_FAILED',
    'this user may not use the topic: give it rights at the broker (ACLs; docs/upstream.md names the topics)',
  ],
  [
    'GROUP_AUTHORIZATION_FAILED',
    'this user may not join the consumer group: give it READ on the group that WORKER_GROUP_ID names, and on that name with .<name> for each upstream topic',
  ],
  ['CLUSTER_AUTHORIZATION_FAILED', 'this user may not ask this of the cluster: give it rights'],
  ['SASL_AUTHENTICATION_FAILED', USER],
  ['UNSUPPORTED_SASL_MECHANISM', MECHANISM],
  ['ILLEGAL_SASL_STATE', 'this listener knows no users: check the port in KAFKA_BROKERS'],
]);

/** By the codes of Node's TLS and OpenSSL. */
const tlsFailures: ReadonlyMap<string, string> = new Map([
  ['SELF_SIGNED_CERT_IN_CHAIN', UNKNOWN_CA],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', UNKNOWN_CA],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', UNKNOWN_CA],
  ['UNABLE_TO_GET_ISSUER_CERT', UNKNOWN_CA],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', UNKNOWN_CA],
  ['CERT_SIGNATURE_FAILURE', UNKNOWN_CA],
  ['CERT_HAS_EXPIRED', 'the certificate of the broker has expired: give it a new one'],
  ['CERT_NOT_YET_VALID', 'the certificate of the broker is not valid yet: check the clocks'],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'the certificate of the broker does not bear the name that it is asked by: check KAFKA_BROKERS and its advertised.listeners, or give it another one',
  ],
  ['ERR_SSL_WRONG_VERSION_NUMBER', NO_TLS],
  ['ERR_SSL_PACKET_LENGTH_TOO_LONG', NO_TLS],
]);
const ALERT = /^ERR_SSL_.*_ALERT_.*(?:CERTIFICATE|UNKNOWN_CA)/;
const CLOSED =
  'the broker closes the connection unanswered: it is stopping, or its listener wants TLS or a user (KAFKA_SSL_CA_FILE, KAFKA_SASL_MECHANISM)';
const NO_HANDSHAKE = 'before secure TLS connection was established';

const CAUSES_MAX = 8;
const NO_TOPIC =
  'the broker has no such topic: make it (docs/upstream.md names its settings), and it is taken within seconds';

/** What a broker has said behind an error of kafkajs, in words that tell what to do; undefined: it is no refusal. */
export function toRefusal(error: unknown): BrokerRefusalError | undefined {
  return find(error, adviceOn);
}

/** The same where the topic that was asked for is not there: somebody has to make it. */
export function toMissingTopic(error: unknown): BrokerRefusalError | undefined {
  return find(error, (at) =>
    at instanceof KafkaJSProtocolError && at.type === 'UNKNOWN_TOPIC_OR_PARTITION'
      ? NO_TOPIC
      : undefined,
  );
}

function find(
  error: unknown,
  advise: (at: Error) => string | undefined,
): BrokerRefusalError | undefined {
  // kafkajs wraps what happened in errors of its own.
  let at = error;
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth += 1) {
    if (at instanceof BrokerRefusalError) return at;
    const advice = advise(at);
    if (advice !== undefined) return new BrokerRefusalError(advice, at);
    at = at.cause;
  }
  return undefined;
}

/**
 * The same of an error in place of a first answer, where silence may be one: a broker closes the connection of a client
 * that speaks something else than its listener, and says nothing. So does one that is just being stopped or killed:
 * that is an outage, and the next try finds nobody there.
 * @param before what the try before this one met
 */
export function toOpeningRefusal(error: unknown, before: unknown): BrokerRefusalError | undefined {
  const silence = toSilence(error);
  if (silence === undefined) return toRefusal(error);
  return toSilence(before) && silence;
}

/**
 * A connection that is taken and not answered, with what may be the reason if it stays so; undefined: there was an answer,
 * or nobody to give one.
 */
export function toSilence(error: unknown): BrokerRefusalError | undefined {
  return find(error, (at) => {
    // kafkajs exports no class of either.
    if (at.name === 'KafkaJSConnectionClosedError') return CLOSED;
    if (at.name === 'KafkaJSSASLAuthenticationError') {
      return isSilentLogin(at.message) ? LOGIN : undefined;
    }
    const { code } = at as { code?: unknown };
    return code === 'ECONNRESET' && at.message.includes(NO_HANDSHAKE) ? NO_TLS : undefined;
  });
}

/** What to throw in place of an error of kafkajs. */
export function explained(error: unknown): unknown {
  return toRefusal(error) ?? toSilence(error) ?? error;
}

/** In words, of what kafkajs met. */
export function reasonOf(failure: unknown): string {
  const error = explained(failure);
  return error instanceof Error ? error.message : String(error);
}

function adviceOn(error: Error): string | undefined {
  if (error instanceof KafkaJSProtocolError) return refusals.get(error.type);
  if (error.name === 'KafkaJSSASLAuthenticationError') return adviceOnLogin(error.message);
  const { code } = error as { code?: unknown };
  if (typeof code !== 'string') return undefined;
  if (ALERT.test(code)) return OWN_CERTIFICATE;
  const isOther = code.startsWith('ERR_SSL_') || code === 'EPROTO';
  return tlsFailures.get(code) ?? (isOther ? 'no TLS connection with the broker' : undefined);
}

function adviceOnLogin(message: string): string | undefined {
  if (message.includes('not supported by the server')) return MECHANISM;
  return isSilentLogin(message) ? undefined : USER;
}

/** kafkajs says that logging in failed of whatever happens on the way, an outage too. */
function isSilentLogin(message: string): boolean {
  return /timed out|closed|connection/i.test(message);
}
