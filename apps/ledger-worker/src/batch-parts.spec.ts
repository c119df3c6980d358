import type { KafkaBatch } from '@billing/kafka';
import { splitBatch } from './batch-parts.js';

const batchOf = (
  sizes: readonly number[],
  nextOffset = 10n + BigInt(sizes.length),
): KafkaBatch => ({
  topic: 'billing.payin',
  partition: 0,
  fetchedOffset: 10n,
  nextOffset,
  messages: sizes.map((size, index) => ({
    offset: String(10 + index),
    key: null,
    value: Buffer.alloc(size),
  })),
  unreadable: undefined,
});

const split = (batch: KafkaBatch): [number, bigint, bigint][] =>
  [...splitBatch(batch, { messagesMax: 3, bytesMax: 100 })].map(
    ({ messages, firstOffset, nextOffset }) => [messages.length, firstOffset, nextOffset],
  );

test('a batch that fits is one part', () => {
  expect(split(batchOf([50, 25, 25]))).toEqual([[3, 10n, 13n]]);
});

test('parts are bounded in messages and in bytes, and cover the batch', () => {
  expect(split(batchOf([1, 1, 1, 1, 60, 40, 1, 300, 1, 1], 25n))).toEqual([
    [3, 10n, 13n],
    [2, 13n, 15n],
    [2, 15n, 17n],
    [1, 17n, 18n],
    [2, 18n, 25n],
  ]);
});

test('a stretch without messages is a part, and nothing is none', () => {
  expect(split(batchOf([], 12n))).toEqual([[0, 10n, 12n]]);
  expect(split(batchOf([], 10n))).toEqual([]);
});
