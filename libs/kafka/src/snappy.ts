import { BoundedOutput } from './bounded-output.js';

const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0]);
const XERIAL_HEADER_BYTES = 16;

/**
 * Reads Snappy as Java's clients write it, in blocks with a length before each (snappy-java's format), and
 * as others do, one block alone. Own code: snappyjs takes a block that is cut off for zeros.
 * @throws RangeError when it holds more than bytesMax, or is no such thing
 */
export function decompressSnappy(bytes: Buffer, bytesMax: number): Buffer {
  if (!bytes.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
    return decompressBlock(bytes, bytesMax);
  }
  const blocks: Buffer[] = [];
  let left = bytesMax;
  for (let at = XERIAL_HEADER_BYTES; at < bytes.length;) {
    const size = bytes.readInt32BE(at);
    at += 4;
    if (size < 0 || at + size > bytes.length) throw new RangeError('a block is cut off');
    const block = decompressBlock(bytes.subarray(at, at + size), left);
    left -= block.length;
    at += size;
    blocks.push(block);
  }
  return Buffer.concat(blocks);
}

function decompressBlock(block: Buffer, bytesMax: number): Buffer {
  let at = 0;
  let expected = 0;
  for (let more = true, shift = 0; more; shift += 7) {
    if (at >= block.length || shift > 28) throw new RangeError('it has no length');
    const byte = block[at++]!;
    expected += (byte & 0x7f) * 2 ** shift;
    more = byte >= 0x80;
  }
  const output = new BoundedOutput(expected, Math.min(expected, bytesMax));
  while (at < block.length) {
    const tag = block[at++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const lengthBytes = length - 60;
        length = block.readUIntLE(at, lengthBytes) + 1;
        at += lengthBytes;
      }
      output.copy(block, at, length);
      at += length;
    } else if (kind === 1) {
      output.repeat(((tag >> 5) << 8) | block.readUInt8(at), ((tag >> 2) & 7) + 4);
      at += 1;
    } else {
      const distanceBytes = kind === 2 ? 2 : 4;
      output.repeat(block.readUIntLE(at, distanceBytes), (tag >> 2) + 1);
      at += distanceBytes;
    }
  }
  const written = output.written();
  if (written.length !== expected) throw new RangeError('it is cut off');
  return written;
}
