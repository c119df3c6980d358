import { createTopics, type Cluster } from '@billing/cluster';
import { createCluster } from '@billing/testing';
import {
  PayInNotSentError,
  PayInOutcomeUnknownError,
  PayInProducer,
  type PayInProducerOptions,
  type Receipt,
} from '@billing/kafka';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { readTopic, type StoredMessage } from './topic-reader.js';

/** Of specs in which the broker answers, however busy the machine. */
const LONG_DEADLINE_MS = 20_000;
const DEADLINE_MS = 1_500;
const SLACK_MS = 700;
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

let cluster: Cluster;
const started: PayInProducer[] = [];
let topic: string;

beforeAll(async () => {
  cluster = await createCluster({ nodeCount: 1, members: ['kafka'] });
  await cluster.start();
}, 60_000);
afterAll(() => cluster?.destroy(), 30_000);

beforeEach(async () => {
  topic = `pay-ins-${randomUUID()}`;
  const { host } = cluster.topology;
  const wanted = [{ name: topic, partitions: 4 }];
  await createTopics(host, cluster.ports(1).kafka, wanted, cluster.security.kafkaUsers);
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((producer) => producer.stop()));
});

function startProducer(change: Partial<PayInProducerOptions> = {}): PayInProducer {
  const { brokers, ...security } = cluster.kafkaConnection(1);
  const producer = new PayInProducer({
    brokers,
    security,
    clientId: 'spec',
    deadlineMs: LONG_DEADLINE_MS,
    lingerMs: 2,
    batchMessagesMax: 100,
    batchBytesMax: 500_000,
    queueMax: 5_000,
    log: quiet,
    topic,
    ...change,
  });
  started.push(producer);
  producer.start();
  return producer;
}

const payIn = (accountId: number, amount = '1.00') => ({
  commandId: randomUUID(),
  accountId: String(accountId),
  amount,
  currency: 'USD',
});

const stored = () => readTopic({ broker: cluster.kafkaConnection(1), topic });

async function timed<T>(
  work: Promise<T>,
): Promise<{ result: PromiseSettledResult<T>; ms: number }> {
  const startMs = performance.now();
  const [result] = await Promise.allSettled([work]);
  return { result: result!, ms: performance.now() - startMs };
}

describe('the pay-in producer', () => {
  test('gives each of many concurrent messages the place it really has', async () => {
    const producer = startProducer();
    const messages = Array.from({ length: 1_000 }, (_, index) => payIn((index % 37) + 1));
    const receipts = await Promise.all(messages.map((message) => producer.publish(message)));
    const byPlace = new Map(
      (await stored()).map((m) => [`${m.partition}/${m.offset}`, m.value.commandId]),
    );
    expect(new Set(byPlace.values()).size).toBe(1_000);
    receipts.forEach(({ partition, offset }, index) => {
      expect(byPlace.get(`${partition}/${offset}`)).toBe(messages[index]!.commandId);
    });
  });

  test('keeps the order of each account and its partition, over many batches', async () => {
    const producer = startProducer({ batchMessagesMax: 7 });
    const published: Promise<Receipt>[] = [];
    for (let n = 1; n <= 300; n += 1)
      published.push(producer.publish(payIn((n % 5) + 1, `${n}.00`)));
    await Promise.all(published);
    // A batch that a new topic's leader refused in part was sent again: first comings count.
    const all = withoutRepeats(await stored());
    for (const account of ['1', '2', '3', '4', '5']) {
      const own = all.filter(({ key }) => key === account);
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1);
      const amounts = own.map(({ value }) => Number(value.amount));
      expect(amounts).toEqual([...amounts].sort((a, b) => a - b));
      expect(amounts).toHaveLength(60);
    }
  });

  test('refuses at once what exceeds its queue, and stores the rest', async () => {
    const producer = startProducer({ queueMax: 50 });
    const all = await Promise.allSettled(
      Array.from({ length: 80 }, () => producer.publish(payIn(1))),
    );
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(30);
    expect((refused[0] as PromiseRejectedResult).reason).toBeInstanceOf(PayInNotSentError);
    expect(withoutRepeats(await stored())).toHaveLength(50);
  });

  test('says "not sent" within the deadline when there is no broker, then fails at once', async () => {
    const producer = startProducer({ brokers: ['127.0.0.1:9'], deadlineMs: DEADLINE_MS });
    expect(await producer.failure()).toBeDefined();
    const first = await timed(producer.publish(payIn(1)));
    expect(first.result).toMatchObject({ reason: expect.any(PayInNotSentError) });
    expect(first.ms).toBeLessThan(DEADLINE_MS + SLACK_MS);
    await sleep(100);
    const second = await timed(producer.publish(payIn(1)));
    expect(second.result).toMatchObject({ reason: expect.any(PayInNotSentError) });
    expect(second.ms).toBeLessThan(SLACK_MS);
  });

  test('waits out a broker that is killed and back within the deadline', async () => {
    // A broker in a container took more than 20 s to be back, on two cores that did much else.
    const producer = startProducer({ deadlineMs: 60_000 });
    await producer.publish(payIn(1));
    await cluster.killMember('kafka', 1);
    const waiting = producer.publish(payIn(1, '2.00'));
    await cluster.startMember('kafka', 1);
    await waiting;
    const amounts = withoutRepeats(await stored()).map(({ value }) => value['amount']);
    expect(amounts).toEqual(['1.00', '2.00']);
    expect(await producer.failure()).toBeUndefined();
  }, 90_000);

  test('a paused broker: the message in flight is unknown, later ones not sent, none is lost or doubled', async () => {
    const producer = startProducer({ deadlineMs: DEADLINE_MS });
    await producer.publish(payIn(1, '1.00'));
    await cluster.pauseMember('kafka', 1);
    let first, second;
    try {
      const inFlight = timed(producer.publish(payIn(1, '2.00')));
      await sleep(100);
      const behind = timed(producer.publish(payIn(1, '3.00')));
      [first, second] = await Promise.all([inFlight, behind]);
    } finally {
      await cluster.resumeMember('kafka', 1);
    }
    expect(first.result).toMatchObject({ reason: expect.any(PayInOutcomeUnknownError) });
    expect(second.result).toMatchObject({ reason: expect.any(PayInNotSentError) });
    expect(Math.max(first.ms, second.ms)).toBeLessThan(DEADLINE_MS + SLACK_MS);

    await expect(publishUntilTaken(producer, payIn(1, '4.00'))).resolves.toBeDefined();
    const amounts = (await stored()).map(({ value }) => value.amount);
    // "2.00" may be there: that is what unknown means. "3.00" must not be.
    expect([...new Set(amounts)].filter((amount) => amount !== '2.00')).toEqual(['1.00', '4.00']);
  }, 30_000);

  test('publishes what it has before it stops, and takes nothing afterwards', async () => {
    const producer = startProducer({ lingerMs: 100 });
    await producer.publish(payIn(1));
    const published = Array.from({ length: 500 }, () => producer.publish(payIn(2)));
    await producer.stop();
    await Promise.all(published);
    await expect(producer.publish(payIn(1))).rejects.toBeInstanceOf(PayInNotSentError);
    expect(withoutRepeats(await stored())).toHaveLength(501);
  });
});

/** The first coming of each command, as a ledger worker takes it. */
function withoutRepeats(messages: readonly StoredMessage[]): StoredMessage[] {
  const seen = new Set<unknown>();
  return messages.filter(({ value: { commandId } }) => !seen.has(commandId) && seen.add(commandId));
}

async function publishUntilTaken(
  producer: PayInProducer,
  message: ReturnType<typeof payIn>,
): Promise<Receipt> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await producer.publish(message);
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(200);
    }
  }
}
