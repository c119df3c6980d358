import kafkajs from 'kafkajs';
import KafkaErrors from 'kafkajs/src/errors.js';
import {
  BrokerRefusalError,
  reasonOf,
  toOpeningRefusal,
  toRefusal,
} from './broker-refusal.errors.js';

const { KafkaJSConnectionError, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } =
  kafkajs;
const { KafkaJSConnectionClosedError, KafkaJSSASLAuthenticationError } = KafkaErrors;

const protocol = (type: string): Error =>
  new kafkajs.KafkaJSProtocolError(Object.assign(new Error(type), { type, code: 1 }));
const connection = (code: string, message = code): Error =>
  new KafkaJSConnectionError(`Connection error: ${message}`, { code });
const login = (message: string): Error =>
  new KafkaJSSASLAuthenticationError(`SASL SCRAM SHA512 authentication failed: ${message}`);
/** As kafkajs hands them over, once it has given up. */
const wrapped = (error: Error): Error =>
  Object.assign(
    new KafkaJSNonRetriableError(
      new KafkaJSNumberOfRetriesExceeded(error, { retryCount: 8, retryTime: 1 }),
    ),
    { cause: error },
  );

describe('a refusal of a broker says what to do', () => {
  test.each([
    ['a wrong password', login('invalid credentials'), 'KAFKA_SASL_PASSWORD_FILE'],
    ['a mechanism of its own', login('not supported by the server'), 'KAFKA_SASL_MECHANISM'],
    ['a topic', protocol('TOPIC_AUTHORIZATION_FAILED'), 'may not use the topic'],
    ['a group', protocol('GROUP_AUTHORIZATION_FAILED'), 'WORKER_GROUP_ID'],
    ['a listener without users', protocol('ILLEGAL_SASL_STATE'), 'KAFKA_BROKERS'],
    ['an unknown CA', connection('SELF_SIGNED_CERT_IN_CHAIN'), 'KAFKA_SSL_CA_FILE'],
    ['an expired certificate', connection('CERT_HAS_EXPIRED'), 'has expired'],
    ['another name', connection('ERR_TLS_CERT_ALTNAME_INVALID'), 'advertised.listeners'],
    [
      'no client certificate',
      connection('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED'),
      'KAFKA_SSL_CERT_FILE',
    ],
    ['no TLS', connection('ERR_SSL_WRONG_VERSION_NUMBER'), 'there is no TLS'],
  ])('%s', (_, error, words) => {
    for (const found of [toRefusal(error), toRefusal(wrapped(error))]) {
      expect(found).toBeInstanceOf(BrokerRefusalError);
      expect(found!.message).toContain(words);
      expect(found!.message).toContain(error.message);
      expect(found!.retryable).toBe(true);
    }
  });

  test.each([
    ['nobody there', connection('ECONNREFUSED')],
    ['a lost connection', connection('ECONNRESET')],
    ['a leader that moves', protocol('NOT_LEADER_FOR_PARTITION')],
    ['a bug', new TypeError('x is not a function')],
    ['no error', 'text'],
  ])('%s is none', (_, error) => {
    expect(toRefusal(error)).toBeUndefined();
    expect(toOpeningRefusal(error, error)).toBeUndefined();
  });

  test.each([
    ['closed', new KafkaJSConnectionClosedError('Closed connection'), 'wants TLS or a user'],
    [
      'closed before a handshake',
      connection('ECONNRESET', 'disconnected before secure TLS connection was established'),
      'there is no TLS',
    ],
    ['closed in a login', login('Closed connection'), 'trying again'],
    ['silent in a login', login('Request SaslAuthenticate timed out'), 'trying again'],
  ])('a connection that is %s is an outage once, and one twice in a row', (_, silent, words) => {
    for (const error of [silent, wrapped(silent)]) {
      expect(toRefusal(error)).toBeUndefined();
      expect(toOpeningRefusal(error, undefined)).toBeUndefined();
      expect(toOpeningRefusal(error, connection('ECONNREFUSED'))).toBeUndefined();
      expect(toOpeningRefusal(error, error)?.message).toContain(words);
      expect(reasonOf(error)).toContain(words);
    }
  });
});
