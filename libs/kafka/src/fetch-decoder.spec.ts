/// <reference path="./external-modules.d.ts" />
import { gzipSync } from 'node:zlib';
import Batch from 'kafkajs/src/consumer/batch.js';
import fetchResponse from 'kafkajs/src/protocol/requests/fetch/v11/response.js';
import { registerCodecs } from './codecs.js';
import { crc32c } from './crc32c.js';
import { decodeRecordBatches, installFetchDecoder, type DecodedMessage } from './fetch-decoder.js';

beforeAll(() => {
  registerCodecs();
  installFetchDecoder();
});

const gzip = 1;
const inTransaction = 0x10;

interface BatchContent {
  firstOffset: number;
  values: readonly (Buffer | null)[];
  attributes?: number;
  compress?: (records: Buffer) => Buffer;
  /** What the header says, where it lies. */
  count?: number;
  checksum?: number;
  producerId?: bigint;
  key?: Buffer | undefined;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value < 0 ? -2 * value - 1 : 2 * value;
  for (; left >= 0x80; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return Buffer.from([...bytes, left]);
}

function toRecord(value: Buffer | null, index: number, key?: Buffer): Buffer {
  const body = Buffer.concat([
    Buffer.from([0, 0]),
    varint(index),
    varint(key?.length ?? -1),
    key ?? Buffer.alloc(0),
    varint(value?.length ?? -1),
    value ?? Buffer.alloc(0),
    Buffer.from([0]),
  ]);
  return Buffer.concat([varint(body.length), body]);
}

/** A record batch as a broker stores it. */
function toBatch(content: BatchContent): Buffer {
  const { firstOffset, values, attributes = 0, compress = (records) => records } = content;
  const body = Buffer.alloc(40);
  body.writeInt16BE(attributes, 0);
  body.writeInt32BE(values.length - 1, 2);
  body.writeBigInt64BE(content.producerId ?? 7n, 22);
  body.writeInt32BE(content.count ?? values.length, 36);
  const records = values.map((value, index) => toRecord(value, index, content.key));
  const counted = Buffer.concat([body, compress(Buffer.concat(records))]);
  const head = Buffer.alloc(21);
  head.writeBigInt64BE(BigInt(firstOffset), 0);
  head.writeInt32BE(9 + counted.length, 8);
  head.writeInt8(2, 16);
  head.writeUInt32BE(content.checksum ?? crc32c(counted), 17);
  return Buffer.concat([head, counted]);
}

const decode = (...batches: Buffer[]): Promise<DecodedMessage[]> =>
  decodeRecordBatches(Buffer.concat(batches), { bytesLeft: 32 * 1024 * 1024 }, 100n);

const a = Buffer.from('a');
const good = (firstOffset: number): Buffer => toBatch({ firstOffset, values: [a, null] });

test('a checksum is that of the standard', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
});

test('whole batches are read, and one that the response cuts off is left for the next', async () => {
  const zipped = toBatch({
    firstOffset: 5,
    values: [a, a, a],
    attributes: gzip,
    compress: gzipSync,
  });
  const messages = await decode(good(3), zipped, good(8).subarray(0, 70));
  expect(messages.map(({ offset, value }) => [offset, value?.toString()])).toEqual([
    ['3', 'a'],
    ['4', undefined],
    ['5', 'a'],
    ['6', 'a'],
    ['7', 'a'],
  ]);
});

const values = [a, a, a, a];
const mark = String(2n ** 63n - 1n);
test.each<[string, Buffer, RegExp]>([
  ['whose checksum is wrong', toBatch({ firstOffset: 5, values, checksum: 1 }), /checksum/],
  [
    'of which a bit has turned',
    ((batch) => {
      batch[batch.length - 3]! ^= 1;
      return batch;
    })(toBatch({ firstOffset: 5, values })),
    /checksum/,
  ],
  ['of a codec that nobody knows', toBatch({ firstOffset: 5, values, attributes: 5 }), /codec 5/],
  [
    'that is not compressed as it says',
    toBatch({ firstOffset: 5, values, attributes: 3 }),
    /^lz4: /,
  ],
  [
    'that holds 17 MiB',
    toBatch({
      firstOffset: 5,
      values: [...values.slice(1), Buffer.alloc(17 * 1024 * 1024)],
      attributes: gzip,
      compress: gzipSync,
    }),
    /^gzip: /,
  ],
  ['that says it has millions', toBatch({ firstOffset: 5, values, count: 3_000_000 }), /3000000/],
])('a batch %s is a stretch that cannot be read, and the last given', async (_, batch, failure) => {
  const messages = await decode(good(3), batch, good(9));
  expect(messages.map(({ offset }) => offset)).toEqual(['3', '4', mark]);
  expect(messages[2]!.unreadable).toEqual({
    firstOffset: 5n,
    nextOffset: 9n,
    failure: expect.stringMatching(failure),
  });
});

test('what cannot be read is of no transaction: kafkajs passes over what was aborted', async () => {
  const attributes = gzip | inTransaction;
  const [message] = await decode(toBatch({ firstOffset: 5, values, attributes }));
  expect(message).toMatchObject({
    batchContext: { inTransaction: false },
    unreadable: { nextOffset: 9n },
  });
});

describe('a header that is broken', () => {
  const broken = (
    write: (batch: Buffer) => void,
    batch = toBatch({ firstOffset: 5, values }),
  ): Buffer => {
    write(batch);
    return batch;
  };
  const withChecksum = (write: (batch: Buffer) => void): Buffer =>
    broken(write, toBatch({ firstOffset: 5, values, checksum: 1 }));
  const stretchOf = async (...batches: Buffer[]): Promise<DecodedMessage['unreadable']> => {
    const last = (await decode(...batches)).at(-1);
    expect(last?.offset).toBe(mark);
    return last!.unreadable;
  };

  test.each<[string, Buffer]>([
    ['base is too high', withChecksum((batch) => batch.writeBigInt64BE(700n, 0))],
    ['base is too low', withChecksum((batch) => batch.writeBigInt64BE(1n, 0))],
    ['last offset is too far', withChecksum((batch) => batch.writeInt32BE(50, 23))],
    ['last offset is before its base', withChecksum((batch) => batch.writeInt32BE(-9, 23))],
  ])('of which the %s does not say where the stretch is', async (_, batch) => {
    const failure = expect.stringContaining('checksum');
    expect(await stretchOf(good(3), batch, good(9))).toEqual({ firstOffset: 5n, failure });
    expect(await stretchOf(batch, good(9))).toEqual({ failure });
  });

  test('at the end of the response is believed where the log ends there', async () => {
    const at = (firstOffset: number): Buffer => toBatch({ firstOffset, values, checksum: 1 });
    expect(await stretchOf(at(96))).toMatchObject({ nextOffset: 100n });
    expect(await stretchOf(at(90))).not.toHaveProperty('nextOffset');
  });

  test('whose base is that of others is not read, though its checksum is right', async () => {
    const failure = expect.stringContaining('begins at 4');
    const low = broken((batch) => batch.writeBigInt64BE(4n, 0));
    expect(await stretchOf(good(3), low, good(9))).toEqual({ firstOffset: 5n, failure });
  });

  test.each([0, 1, 3, 255])('of format %i is not read, wherever it is', async (magic) => {
    const batch = broken((bytes) => bytes.writeUInt8(magic, 16));
    const failure = expect.stringContaining(`format is ${magic}`);
    expect(await stretchOf(batch, good(9))).toEqual({ nextOffset: 9n, failure });
    expect(await stretchOf(good(3), batch)).toEqual({ firstOffset: 5n, failure });
  });

  test.each([2 ** 31 - 1, 5, -1])('of a length of %i is not read', async (length) => {
    const batch = broken((bytes) => bytes.writeInt32BE(length, 8));
    const failure = expect.stringContaining(`${length + 12} bytes`);
    expect(await stretchOf(batch)).toEqual({ failure });
  });
});

test('150,000 empty messages in one batch are read, where a call with as many arguments fails', async () => {
  const empty = Array.from({ length: 150_000 }, () => null);
  const messages = await decode(toBatch({ firstOffset: 0, values: empty }));
  expect(messages.at(-1)!.offset).toBe('149999');
});

test('a response gives as much as its bound, and one batch at least', async () => {
  const big = (firstOffset: number): Buffer =>
    toBatch({ firstOffset, values: [Buffer.alloc(1_000)] });
  const budget = { bytesLeft: 2_000 };
  const batches = Buffer.concat([big(0), big(1), big(2), big(3)]);
  const offsets = async (): Promise<string[]> =>
    (await decodeRecordBatches(batches, budget, 4n)).map(({ offset }) => offset);
  expect(await offsets()).toEqual(['0', '1']);
  expect(await offsets()).toEqual([]);
});

const int16 = (value: number): Buffer => {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
};
const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
};
const int64 = (value: bigint | number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(BigInt(value));
  return bytes;
};

describe('of aborted transactions, nothing is given', () => {
  const A = 1n;
  const B = 2n;
  const zeros = Buffer.alloc(4);
  type Aborted = readonly [producerId: bigint, firstOffset: number];
  const of = (producerId: bigint, firstOffset: number, key?: Buffer): Buffer =>
    toBatch({ firstOffset, values: [a], attributes: inTransaction, producerId, key });
  const marker = (producerId: bigint, firstOffset: number, type: 'abort' | 'commit'): Buffer =>
    toBatch({
      firstOffset,
      values: [Buffer.alloc(6)],
      attributes: inTransaction | 0x20,
      producerId,
      key: type === 'abort' ? zeros : Buffer.from([0, 0, 0, 1]),
    });

  /** The offsets that a handler is shown, and the last that kafkajs counts. */
  async function consume(
    aborted: readonly Aborted[],
    batches: readonly Buffer[],
    fetchedOffset = 0,
  ): Promise<[offsets: number[], last: number]> {
    const records = Buffer.concat(batches);
    const topic = Buffer.from('t');
    const response = Buffer.concat([
      ...[int32(0), int16(0), int32(0)],
      ...[int32(1), int16(topic.length), topic, int32(1)],
      ...[int32(0), int16(0), int64(100), int64(100), int64(0)],
      ...[int32(aborted.length), ...aborted.map(([id, first]) => [int64(id), int64(first)]).flat()],
      ...[int32(-1), int32(records.length), records],
    ]);
    const { responses } = await fetchResponse.decode(response);
    const batch = new Batch('t', String(fetchedOffset), responses[0]!.partitions[0]!);
    return [batch.messages.map(({ offset }) => Number(offset)), Number(batch.lastOffset())];
  }

  test('though the one that began later ended first, and so is first in the list', async () => {
    const aborted: Aborted[] = [
      [B, 12],
      [A, 10],
    ];
    const log = [
      ...[of(A, 10), of(A, 11), of(B, 12), marker(B, 13, 'abort'), of(A, 14)],
      ...[marker(A, 15, 'abort'), of(A, 16), marker(A, 17, 'commit'), of(B, 18)],
    ];
    expect(await consume(aborted, log)).toEqual([[16, 18], 18]);
  });

  test('though the fetch begins within several that are open', async () => {
    const aborted: Aborted[] = [
      [A, 10],
      [B, 11],
    ];
    const log = [of(B, 12), of(A, 13), marker(A, 14, 'abort'), of(B, 15), of(A, 16)];
    expect(await consume(aborted, log, 12)).toEqual([[16], 16]);
  });

  test('though a key is that of an abort marker', async () => {
    const log = [of(A, 10, zeros), of(A, 11), marker(A, 12, 'abort'), good(13)];
    expect(await consume([[A, 10]], log)).toEqual([[13, 14], 14]);
  });

  test('of the same producer twice, what it committed between is given', async () => {
    const aborted: Aborted[] = [
      [A, 10],
      [A, 14],
    ];
    const log = [
      ...[of(A, 10), marker(A, 11, 'abort'), of(A, 12), marker(A, 13, 'commit')],
      ...[of(A, 14), marker(A, 15, 'abort')],
    ];
    expect(await consume(aborted, log)).toEqual([[12], 15]);
  });
});
