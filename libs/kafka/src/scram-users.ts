import { pbkdf2Sync, randomBytes } from 'node:crypto';
import type { Kafka } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { createCluster } from './kafka-client.js';

// AlterUserScramCredentials, which kafkajs does not have: a request of the flexible kind, whose header and
// structures each end with their tagged fields, of which there are none.
const API_KEY = 51;
const NO_TAGS = 0;
const SCRAM_SHA_512 = 2;
const ITERATIONS = 8_192;
const SALT_BYTES = 24;
const KEY_BYTES = 64;

interface Answer {
  readonly clientSideThrottleTime: number;
  readonly refused: readonly string[];
}

/**
 * Gives each user a password for SCRAM-SHA-512, a new one where it has one. What is sent is salted and hashed.
 * @throws Error naming the users that were refused, KafkaJSError
 */
export async function setScramPasswords(
  kafka: Kafka,
  passwords: Readonly<Record<string, string>>,
): Promise<void> {
  const cluster = createCluster(kafka, {});
  try {
    await cluster.connect();
    const { refused } = await cluster.brokerPool.seedBroker.connectionPool.send<Answer>({
      request: {
        apiKey: API_KEY,
        apiVersion: 0,
        apiName: 'AlterUserScramCredentials',
        encode: () => Promise.resolve(encode(Object.entries(passwords))),
      },
      response: {
        decode: (raw) => Promise.resolve(decode(raw)),
        parse: (answer) => Promise.resolve(answer),
      },
    });
    if (refused.length > 0) throw new Error(`users were not made: ${refused.join('; ')}`);
  } finally {
    await cluster.disconnect();
  }
}

function encode(users: readonly (readonly [string, string])[]): Encoder {
  const noDeletions = 1;
  const encoder = new Encoder()
    .writeUVarInt(NO_TAGS)
    .writeUVarInt(noDeletions)
    .writeUVarInt(users.length + 1);
  for (const [name, password] of users) {
    const salt = randomBytes(SALT_BYTES);
    encoder
      .writeUVarIntString(name)
      .writeInt8(SCRAM_SHA_512)
      .writeInt32(ITERATIONS)
      .writeUVarIntBytes(salt)
      .writeUVarIntBytes(pbkdf2Sync(password, salt, ITERATIONS, KEY_BYTES, 'sha512'))
      .writeUVarInt(NO_TAGS);
  }
  return encoder.writeUVarInt(NO_TAGS);
}

function decode(raw: Buffer): Answer {
  const decoder = new Decoder(raw);
  decoder.readTaggedFields();
  const clientSideThrottleTime = decoder.readInt32();
  const results = decoder.readUVarIntArray((each) => {
    const user = each.readUVarIntString();
    const [code, message] = [each.readInt16(), each.readUVarIntString()];
    each.readTaggedFields();
    return { user, code, message };
  });
  const refused = results
    .filter(({ code }) => code !== 0)
    .map(({ user, code, message }) => `${user}: ${message ?? `error ${code}`}`);
  return { clientSideThrottleTime, refused };
}
