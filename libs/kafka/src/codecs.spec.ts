/// <reference path="./external-modules.d.ts" />
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { compress as compressSnappy } from 'snappyjs';
import { decompress } from './codecs.js';

// What Kafka's own client compresses is read in tests/cluster/pay-ins/compression.spec.ts.
const text = Buffer.from(
  Array.from({ length: 3_000 }, (_, i) => `${i * i} of ${'abc'.repeat(i % 9)}`).join('\n'),
);
const noise = randomBytes(200_000);
const bytesMax = 1_000_000;

/** snappy-java's: a header, then blocks with their lengths. */
function toXerial(bytes: Buffer): Buffer {
  const parts = [
    Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0, 0, 0, 0, 1, 0, 0, 0, 1]),
  ];
  for (let at = 0; at < bytes.length; at += 32_768) {
    const block = Buffer.from(compressSnappy(bytes.subarray(at, at + 32_768)));
    const size = Buffer.alloc(4);
    size.writeInt32BE(block.length);
    parts.push(size, block);
  }
  return Buffer.concat(parts);
}

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};

/** One frame of one block. */
function toLz4(block: Buffer, isCompressed: boolean): Buffer {
  const size = isCompressed ? block.length : block.length + 0x80000000;
  const header = Buffer.from([0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0]);
  return Buffer.concat([header, uint32(size), block, uint32(0)]);
}

/** The letter a, 19 + 255 n times more: a literal, then a match one byte back. */
const manyLettersInLz4 = (n: number): Buffer =>
  toLz4(
    Buffer.concat([Buffer.from([0x1f, 0x61, 1, 0]), Buffer.alloc(n, 255), Buffer.from([0])]),
    true,
  );

/** Blocks of 128 KiB of zeros, four bytes each. */
function zerosInZstd(blocks: number, windowExponent: number): Buffer {
  const size = 131_072;
  const parts = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, (windowExponent - 10) << 3])];
  for (let block = 1; block <= blocks; block += 1) {
    const header = (block === blocks ? 1 : 0) | (1 << 1) | (size << 3);
    parts.push(Buffer.from([header & 255, (header >> 8) & 255, header >> 16, 0]));
  }
  return Buffer.concat(parts);
}

test.each([
  ['gzip', gzipSync(text), text],
  ['gzip', gzipSync(noise), noise],
  ['snappy', Buffer.from(compressSnappy(text)), text],
  ['snappy', toXerial(text), text],
  ['snappy', toXerial(noise), noise],
  ['lz4', toLz4(noise, false), noise],
  ['lz4', manyLettersInLz4(100), Buffer.alloc(25_520, 'a')],
  ['zstd', zerosInZstd(3, 17), Buffer.alloc(393_216)],
])('%s gives back what was compressed', async (codec, compressed, expected) => {
  expect((await decompress(codec, compressed, bytesMax)).equals(expected)).toBe(true);
});

test('zstd reads a frame that asks for a window of 128 MiB, and takes no more than it gives back', async () => {
  const before = process.memoryUsage().arrayBuffers;
  expect(await decompress('zstd', zerosInZstd(3, 27), bytesMax)).toHaveLength(393_216);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
});

test.each([
  ['gzip', gzipSync(Buffer.alloc(250_000_000))],
  ['snappy', Buffer.from(compressSnappy(Buffer.alloc(bytesMax + 1)))],
  ['snappy', toXerial(Buffer.alloc(bytesMax + 1))],
  ['lz4', manyLettersInLz4(980_000)],
  ['zstd', zerosInZstd(1_900, 17)],
])('%s stops at the bound', async (codec, bomb) => {
  const before = process.memoryUsage().arrayBuffers;
  await expect(decompress(codec, bomb, bytesMax)).rejects.toThrow();
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16_000_000);
});

test.each([
  ['gzip', gzipSync(text)],
  ['snappy', Buffer.from(compressSnappy(text))],
  ['snappy', toXerial(text)],
  ['lz4', manyLettersInLz4(100)],
  ['zstd', zerosInZstd(3, 17)],
])('%s refuses what is cut off anywhere, or is another thing', async (codec, compressed) => {
  for (const size of [0, 3, 8, 17, compressed.length - 5]) {
    await expect(decompress(codec, compressed.subarray(0, size), bytesMax)).rejects.toThrow();
  }
  await expect(decompress(codec, Buffer.alloc(500, 0xff), bytesMax)).rejects.toThrow();
});

test('a codec that nobody knows is refused by name', async () => {
  await expect(decompress('brotli', text)).rejects.toThrow('codec brotli is not known');
});
