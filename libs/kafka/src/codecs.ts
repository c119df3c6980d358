import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import kafkajs from 'kafkajs';
import { beyond } from './bounded-output.js';
import { decompressLz4 } from './lz4.js';
import { decompressSnappy } from './snappy.js';

/**
 * Of one record batch, decompressed. A broker takes 1 MiB of compressed bytes, which may stand for
 * gigabytes; pay-ins come to a tenth of their size.
 */
export const BATCH_BYTES_MAX = 16 * 1024 * 1024;

/** By their number in a record batch; 0 is none. */
export const codecNames: readonly string[] = ['none', 'gzip', 'snappy', 'lz4', 'zstd'];

type Decompressing = (bytes: Buffer, bytesMax: number) => Buffer | Promise<Buffer>;

const decompressings: Readonly<Record<string, Decompressing>> = {
  gzip: (bytes, bytesMax) => promisify(gunzip)(bytes, { maxOutputLength: bytesMax }),
  snappy: decompressSnappy,
  lz4: decompressLz4,
  zstd: decompressZstd,
};

/** @throws Error when the bytes are no such thing or hold more than bytesMax */
export async function decompress(
  codec: string,
  bytes: Buffer,
  bytesMax = BATCH_BYTES_MAX,
): Promise<Buffer> {
  const decompressing = decompressings[codec];
  if (decompressing === undefined) throw new RangeError(`codec ${codec} is not known`);
  const decompressed = await decompressing(bytes, bytesMax);
  if (decompressed.length === 0) throw new RangeError('there is nothing in it');
  return decompressed;
}

/** Gives kafkajs the codecs that it has not, and a bound to the one that it has. It goes on sending gzip. */
export function registerCodecs(): void {
  const { CompressionCodecs: codecs, CompressionTypes: types } = kafkajs;
  const numbers = { gzip: types.GZIP, snappy: types.Snappy, lz4: types.LZ4, zstd: types.ZSTD };
  const { compress: gzip } = codecs[types.GZIP]() as { compress: unknown };
  for (const [name, number] of Object.entries(numbers)) {
    const codec = {
      compress:
        name === 'gzip'
          ? gzip
          : () => Promise.reject(new Error(`nothing is compressed with ${name} here`)),
      decompress: (bytes: Buffer) => decompress(name, bytes),
    };
    codecs[number as keyof typeof codecs] = () => codec;
  }
}

/** fzstd gives out each block as it comes, and so can be stopped at the bound. */
function decompressZstd(bytes: Buffer, bytesMax: number): Buffer {
  const blocks: Uint8Array[] = [];
  let length = 0;
  let isWhole = false;
  const stream = new Decompress((block, isFinal) => {
    length += block.length;
    if (length > bytesMax) throw beyond(bytesMax);
    blocks.push(block);
    isWhole ||= isFinal === true;
  });
  stream.push(narrowWindow(bytes, bytesMax), true);
  if (!isWhole) throw new RangeError('it has no end');
  return Buffer.concat(blocks, length);
}

const SINGLE_SEGMENT = 0x20;

/**
 * The same frame with no larger a window than its bytes may be. fzstd moves the whole window at each block
 * of 128 KiB, and the highest levels ask for 128 MiB.
 */
function narrowWindow(frame: Buffer, bytesMax: number): Buffer {
  if (frame.length < 6 || (frame[4]! & SINGLE_SEGMENT) !== 0) return frame;
  const exponentMax = Math.ceil(Math.log2(bytesMax)) - 10;
  if (frame[5]! >> 3 <= exponentMax) return frame;
  const narrowed = Buffer.from(frame);
  narrowed[5] = exponentMax << 3;
  return narrowed;
}
