// What an upstream service does to have accounts credited: it writes to its topic at its own datacenter.
// Nothing here but kafkajs and Node.
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Kafka, logLevel, Partitioners } from 'kafkajs';

// One request stays well below the broker's limit of 1 MiB.
const BATCH_MESSAGES_MAX = 1_000;
const RETRY_DELAY_MIN_MS = 200;
const RETRY_DELAY_MAX_MS = 3_000;
// A wrong password and a right that is missing do not pass by themselves.
const LASTING = [
  'MESSAGE_TOO_LARGE',
  'TOPIC_AUTHORIZATION_FAILED',
  'KafkaJSSASLAuthenticationError',
];

/**
 * A command id made of what the row is called at its source: the same row always gets the same id, and
 * the same id is never credited twice at a datacenter. So a whole run may be repeated after a crash.
 * The form is UUID version 7, time first, which keeps the database fast.
 */
export function commandIdOf(source, rowId, happenedAtMs) {
  const bytes = createHash('sha256').update(`${source}\n${rowId}`).digest().subarray(0, 16);
  bytes.writeUIntBE(Math.max(0, happenedAtMs), 0, 6);
  bytes[6] = 0x70 | (bytes[6] & 0x0f);
  bytes[8] = 0x80 | (bytes[8] & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/**
 * When your own broker may be away: each pay-in names its home, the datacenter that credits it whoever takes it, before it
 * is first sent; then the next datacenter is as good, and so is sending to both.
 */
export async function sendToAny(producers, home, payIns, { deadlineMs = 10_000 } = {}) {
  const homed = payIns.map((payIn) => ({ ...payIn, home }));
  const failures = [];
  for (const producer of producers) {
    try {
      return await producer.send(homed, { deadlineMs });
    } catch (error) {
      failures.push(error);
    }
  }
  throw new AggregateError(failures, 'no datacenter has answered: send the same pay-ins again');
}

/** Sends pay-ins `{commandId, accountId, amount, currency, reference?, metadata?}` to one datacenter. */
export class PayInProducer {
  /**
   * `topic`: your own, `billing.payin.<name>`. `sasl`: `{mechanism: 'scram-sha-512', username, password}`,
   * where brokers know their users. `ca`: the certificate of their CA, in PEM, where they speak TLS.
   */
  constructor({ brokers, clientId, topic = 'billing.payin', sasl, ca, onRetry = () => {} }) {
    this.topic = topic;
    this.kafka = new Kafka({
      brokers,
      clientId,
      sasl,
      ssl: ca && { ca },
      logLevel: logLevel.NOTHING,
      connectionTimeout: 2_000,
      requestTimeout: 10_000,
      retry: { retries: 0 }, // send() below decides how often and how long
    });
    this.onRetry = onRetry;
  }

  /**
   * Resolves when the broker has everything. A batch without an answer is sent again, with the same
   * command ids: whether it had arrived does not matter. Throws when `deadlineMs` have passed.
   */
  async send(payIns, { deadlineMs = 120_000 } = {}) {
    for (let start = 0; start < payIns.length; start += BATCH_MESSAGES_MAX) {
      const messages = payIns.slice(start, start + BATCH_MESSAGES_MAX).map((payIn) => ({
        key: payIn.accountId, // an account's messages stay in order, in one partition
        value: JSON.stringify(payIn),
      }));
      await this.#untilDone(deadlineMs, async () => {
        const producer = await this.#connect();
        await producer.send({ topic: this.topic, acks: -1, messages });
      });
    }
  }

  /** Partition → offset behind its last message: who consumed up to there has seen all that was sent. */
  async logEnds({ deadlineMs = 120_000 } = {}) {
    return this.#untilDone(deadlineMs, async () => {
      const admin = this.kafka.admin();
      try {
        await admin.connect();
        const ends = await admin.fetchTopicOffsets(this.topic);
        return new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
      } finally {
        await admin.disconnect().catch(() => {});
      }
    });
  }

  async close() {
    await this.producer?.disconnect().catch(() => {});
    this.producer = undefined;
  }

  async #connect() {
    if (this.producer) return this.producer;
    this.producer = this.kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner, // murmur2 of the key, as Java's
    });
    await this.producer.connect();
    return this.producer;
  }

  async #untilDone(deadlineMs, attempt) {
    const end = Date.now() + deadlineMs;
    for (let delayMs = RETRY_DELAY_MIN_MS; ; delayMs = Math.min(delayMs * 2, RETRY_DELAY_MAX_MS)) {
      try {
        return await attempt();
      } catch (error) {
        // A connection that failed once is not trusted again.
        await this.close();
        const isLasting = LASTING.includes(error.type ?? error.name);
        if (isLasting || Date.now() + delayMs > end) throw error;
        this.onRetry(error);
        await sleep(delayMs * (0.5 + Math.random() / 2));
      }
    }
  }
}
