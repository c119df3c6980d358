import { compare } from './pay-in-readings.js';

const stored = (partition: number, nextOffset: bigint, haltReason?: 'log_truncated') => ({
  topic: 'billing.payin',
  partition,
  nextOffset,
  epoch: 1n,
  workerId: undefined,
  haltReason,
  haltDetail: undefined,
});
const marks = (logStart: bigint, highWatermark: bigint, lastStable = highWatermark) => ({
  logStart,
  highWatermark,
  lastStable,
});

test('lag is what the broker has and PostgreSQL has not', () => {
  const lags = compare(
    'billing.payin',
    [
      stored(0, 40n),
      stored(1, 100n),
      stored(3, 5n, 'log_truncated'),
      stored(4, 90n),
      stored(5, 9n),
    ],
    new Map([
      [0, marks(0n, 100n)],
      [1, marks(0n, 100n)],
      // Never claimed by a worker.
      [2, marks(10n, 30n)],
      // Retention took what was not applied: that is a halt, not a lag.
      [3, marks(20n, 50n)],
      // A topic made anew.
      [4, marks(0n, 7n)],
      // A transaction is open: what stands behind it waits as well.
      [5, marks(0n, 60n, 9n)],
    ]),
  );
  expect(lags.map((lag) => [lag.messages, lag.nextOffset, lag.isHalted, lag.uncommitted])).toEqual([
    [60, 40n, false, 0],
    [0, 100n, false, 0],
    [20, 10n, false, 0],
    [30, 20n, true, 0],
    [0, 90n, false, 0],
    [51, 9n, false, 51],
  ]);
});
