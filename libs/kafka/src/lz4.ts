import { BoundedOutput } from './bounded-output.js';

const FRAME_MAGIC = 0x184d2204;
const BLOCK_UNCOMPRESSED = 0x80000000;
const MATCH_LENGTH_MIN = 4;

/**
 * Reads one LZ4 frame. Own code: what npm has is of 2016, or bounds nothing, and 1 MB may stand for 250.
 * Linked blocks reach back over their beginning. Checksums are not looked at: a record batch has its own over all of it.
 * @throws RangeError when it holds more than bytesMax, or is no frame
 */
export function decompressLz4(frame: Buffer, bytesMax: number): Buffer {
  if (frame.length < 7 || frame.readUInt32LE(0) !== FRAME_MAGIC) throw new RangeError('no frame');
  const flags = frame[4]!;
  if (flags >> 6 !== 1) throw new RangeError(`version ${flags >> 6} of frames is not known`);
  const hasBlockChecksums = (flags & 0x10) !== 0;
  const hasContentSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  if (hasDictionary) throw new RangeError('it needs a dictionary');
  let at = 7 + (hasContentSize ? 8 : 0);
  const output = new BoundedOutput(Math.min(frame.length * 4, bytesMax), bytesMax);
  // Each round consumes bytes of the frame.
  while (at + 4 <= frame.length) {
    const header = frame.readUInt32LE(at);
    at += 4;
    if (header === 0) return output.written();
    const isCompressed = header < BLOCK_UNCOMPRESSED;
    const size = isCompressed ? header : header - BLOCK_UNCOMPRESSED;
    if (at + size > frame.length) throw new RangeError('a block is cut off');
    const block = frame.subarray(at, at + size);
    if (isCompressed) decodeBlock(block, output);
    else output.copy(block, 0, size);
    at += size + (hasBlockChecksums ? 4 : 0);
  }
  throw new RangeError('it has no end');
}

function decodeBlock(block: Buffer, output: BoundedOutput): void {
  let at = 0;
  /** A length of 15 goes on in the bytes behind, up to the first that is not 255. */
  const readLength = (nibble: number): number => {
    let length = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; length += more) {
      if (at >= block.length) throw new RangeError('a length is cut off');
      more = block[at++]!;
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = readLength(token >> 4);
    output.copy(block, at, literals);
    at += literals;
    // The last sequence has literals alone.
    if (at === block.length) return;
    if (at + 2 > block.length) throw new RangeError('a match is cut off');
    const distance = block.readUInt16LE(at);
    at += 2;
    output.repeat(distance, readLength(token & 0x0f) + MATCH_LENGTH_MIN);
  }
}
