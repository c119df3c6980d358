import { jest } from '@jest/globals';
import { Kafka, logLevel } from 'kafkajs';
import { LongFetches } from './long-fetches.js';

const USUAL_MS = 1_000;
const LONG_MS = 3_100;
const nothing = { responses: [] };
const found = { responses: [{ topicName: 'a', partitions: [] }] };

/** A broker that answers after the wait, as one does that has nothing; what it was asked, and its fetch connection. */
function quietBroker() {
  const waits: number[] = [];
  const inflight = new Map<
    number,
    { entry: { apiName: string }; reject: (error: Error) => void }
  >();
  const socket = { removeAllListeners: jest.fn(), on: jest.fn(), destroy: jest.fn() };
  const connection = {
    requestQueue: { inflight },
    socket,
    rejectRequests: (error: Error) => {
      for (const { reject } of inflight.values()) reject(error);
    },
    disconnect: jest.fn(() => Promise.resolve(true)),
  };
  let answerEarly: (() => void) | undefined;
  const broker = {
    connectionPool: { pool: [{}, connection] },
    fetch: ({ maxWaitTime }: { maxWaitTime: number }) =>
      new Promise<object>((resolve, reject) => {
        waits.push(maxWaitTime);
        inflight.set(waits.length, { entry: { apiName: 'Fetch' }, reject });
        const timer = setTimeout(() => resolve(nothing), maxWaitTime);
        answerEarly = () => {
          clearTimeout(timer);
          resolve(found);
        };
      }).finally(() => inflight.clear()),
  };
  return { broker, waits, inflight, connection, arrive: () => answerEarly?.() };
}

/** As kafkajs asks: the cluster for its broker, that one for messages. */
async function consumerOf(quiet: ReturnType<typeof quietBroker>) {
  const fetches = new LongFetches(LONG_MS);
  const kafka = new Kafka({ brokers: ['127.0.0.1:1'], logLevel: logLevel.NOTHING });
  const key = Object.getOwnPropertySymbols(kafka).find((symbol) =>
    symbol.description?.endsWith('createCluster'),
  )!;
  const plain = Object.create(kafka, {
    [key]: { value: () => ({ findBroker: () => Promise.resolve(quiet.broker) }) },
  }) as Kafka;
  const made = fetches.of(plain) as unknown as Record<
    symbol,
    (options: object) => { findBroker: (wanted: object) => Promise<typeof quiet.broker> }
  >;
  const cluster = made[key]!({});
  const fetch = async (): Promise<object> =>
    (await cluster.findBroker({ nodeId: '1' })).fetch({ maxWaitTime: USUAL_MS });
  return { fetches, fetch };
}

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('a fetch', () => {
  test('waits long once the one before it has found nothing, and as ever after one that has', async () => {
    const quiet = quietBroker();
    const { fetch } = await consumerOf(quiet);
    for (const _ of [1, 2]) {
      const asked = fetch();
      await jest.advanceTimersByTimeAsync(LONG_MS);
      expect(await asked).toBe(nothing);
    }
    const asked = fetch();
    await jest.advanceTimersByTimeAsync(10);
    quiet.arrive();
    expect(await asked).toBe(found);
    void fetch();
    await jest.advanceTimersByTimeAsync(USUAL_MS);
    expect(quiet.waits).toEqual([USUAL_MS, LONG_MS, LONG_MS, USUAL_MS]);
  });

  test('that waits long ends at once when it is cut short, and the next ones are short for a second', async () => {
    const quiet = quietBroker();
    const { fetches, fetch } = await consumerOf(quiet);
    void fetch();
    await jest.advanceTimersByTimeAsync(USUAL_MS);
    const asked = fetch();
    await jest.advanceTimersByTimeAsync(500);
    fetches.cutShort();
    fetches.cutShort();
    await jest.advanceTimersByTimeAsync(20);
    expect(await asked).toEqual({ responses: [] });
    expect(quiet.connection.disconnect).toHaveBeenCalledTimes(1);
    expect(quiet.connection.socket.destroy).toHaveBeenCalledTimes(1);
    void fetch();
    await jest.advanceTimersByTimeAsync(1_000);
    void fetch();
    await jest.advanceTimersByTimeAsync(LONG_MS);
    expect(quiet.waits).toEqual([USUAL_MS, LONG_MS, 100, LONG_MS]);
  });

  test('whose connection is still being made is cut short once it is sent', async () => {
    const quiet = quietBroker();
    const { fetches, fetch } = await consumerOf(quiet);
    void fetch();
    await jest.advanceTimersByTimeAsync(USUAL_MS);
    const asked = fetch();
    await jest.advanceTimersByTimeAsync(0);
    const [id, request] = [...quiet.inflight][0]!;
    quiet.inflight.set(id, { ...request, entry: { apiName: 'SaslAuthenticate' } });
    fetches.cutShort();
    await jest.advanceTimersByTimeAsync(200);
    expect(quiet.connection.disconnect).not.toHaveBeenCalled();
    quiet.inflight.set(id, request);
    await jest.advanceTimersByTimeAsync(20);
    expect(await asked).toEqual({ responses: [] });
  });

  test('that fails fails as it would', async () => {
    const quiet = quietBroker();
    const { fetch } = await consumerOf(quiet);
    void fetch();
    await jest.advanceTimersByTimeAsync(USUAL_MS);
    const asked = expect(fetch()).rejects.toThrow('gone');
    await jest.advanceTimersByTimeAsync(0);
    quiet.connection.rejectRequests(new Error('gone'));
    await asked;
  });
});
