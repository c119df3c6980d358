import { jest } from '@jest/globals';
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';
import { installRequestQueue } from './request-queue.js';

const quiet = { debug: () => undefined, warn: () => undefined };
const create = (limits: { readonly requestTimeout?: number } = {}): RequestQueue =>
  new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 60_000,
    enforceRequestTimeout: limits.requestTimeout !== undefined,
    clientId: 'spec',
    broker: 'spec',
    logger: quiet,
    isConnected: () => true,
    ...limits,
  });

const answer = { payload: Buffer.alloc(0), size: 0 };

/** The queue of one connection, and what it has sent. */
function connection(): { queue: RequestQueue; sent: number[]; ask: (id: number) => void } {
  const queue = create();
  const sent: number[] = [];
  const ask = (correlationId: number): void =>
    queue.push({
      entry: { correlationId, resolve: () => undefined, reject: () => undefined },
      expectResponse: true,
      sendRequest: () => sent.push(correlationId),
    });
  return { queue, sent, ask };
}

beforeAll(() => installRequestQueue());
beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

describe('a connection', () => {
  test('gives a request up that is late, and looks for it four times a second', () => {
    const queue = create({ requestTimeout: 2_000 });
    const reject = jest.fn();
    const entry = { correlationId: 1, resolve: () => undefined, reject };
    queue.scheduleRequestTimeoutCheck();
    queue.push({ entry, expectResponse: true, sendRequest: () => undefined });
    let looks = 0;
    const { values } = queue.inflight;
    queue.inflight.values = () => {
      looks += 1;
      return values.call(queue.inflight);
    };
    jest.advanceTimersByTime(2_000);
    expect({ looks, rejections: reject.mock.calls.length }).toEqual({ looks: 8, rejections: 0 });
    jest.advanceTimersByTime(250);
    expect(reject).toHaveBeenCalledTimes(1);
    queue.destroy();
  });

  test('that has nothing to send looks for nothing', () => {
    const { queue, sent, ask } = connection();
    ask(1);
    queue.fulfillRequest({ ...answer, correlationId: 1 });
    expect(sent).toEqual([1]);
    expect(jest.getTimerCount()).toBe(0);
  });

  test('sends what waits once the request before it has its answer', () => {
    const { queue, sent, ask } = connection();
    ask(1);
    ask(2);
    jest.advanceTimersByTime(100);
    expect(sent).toEqual([1]);
    queue.fulfillRequest({ ...answer, correlationId: 1 });
    expect(sent).toEqual([1, 2]);
  });

  test('sends what waits once the broker’s pause is over, however short it was', () => {
    const { queue, sent, ask } = connection();
    for (const [id, pauseMs] of [
      [1, 500],
      [2, 1],
    ] as const) {
      queue.maybeThrottle(pauseMs);
      ask(id);
      expect(sent).not.toContain(id);
      jest.advanceTimersByTime(pauseMs + 10);
      expect(sent).toContain(id);
      queue.fulfillRequest({ ...answer, correlationId: id });
    }
    jest.advanceTimersByTime(1_000);
    expect(jest.getTimerCount()).toBe(0);
  });
});
