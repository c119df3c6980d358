const FRAME_MAGIC = 0x184d2204;
const BLOCK_UNCOMPRESSED = 0x80000000;
const MATCH_LENGTH_MIN = 4;

/**
 * Reads one LZ4 frame. Own code since no package of npm bounds what it gives back, and 1 MB may stand for
 * 250. Checksums are not looked at: a record batch has its own over all of it.
 * @throws RangeError when it holds more than bytesMax, or is no frame
 */
export function decompressLz4(frame: Buffer, bytesMax: number): Buffer {
  if (frame.length < 7 || frame.readUInt32LE(0) !== FRAME_MAGIC) throw broken('no frame');
  const flags = frame[4]!;
  if (flags >> 6 !== 1) throw broken(`version ${flags >> 6} of frames is not known`);
  const hasBlockChecksums = (flags & 0x10) !== 0;
  const hasContentSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  if (hasDictionary) throw broken('it needs a dictionary');
  let at = 7 + (hasContentSize ? 8 : 0);
  const output = new Lz4Output(frame.length * 4, bytesMax);
  // Each round consumes bytes of the frame.
  while (at + 4 <= frame.length) {
    const header = frame.readUInt32LE(at);
    at += 4;
    if (header === 0) return output.written();
    const isCompressed = header < BLOCK_UNCOMPRESSED;
    const size = isCompressed ? header : header - BLOCK_UNCOMPRESSED;
    if (at + size > frame.length) throw broken('a block is cut off');
    const block = frame.subarray(at, at + size);
    if (isCompressed) decodeBlock(block, output);
    else output.copy(block, 0, size);
    at += size + (hasBlockChecksums ? 4 : 0);
  }
  throw broken('it has no end');
}

function decodeBlock(block: Buffer, output: Lz4Output): void {
  let at = 0;
  /** A length of 15 goes on in the bytes behind, up to the first that is not 255. */
  const readLength = (nibble: number): number => {
    let length = nibble;
    for (let more = nibble === 15 ? 255 : 0; more === 255; length += more) {
      if (at >= block.length) throw broken('a length is cut off');
      more = block[at++]!;
    }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = readLength(token >> 4);
    if (at + literals > block.length) throw broken('literals are cut off');
    output.copy(block, at, literals);
    at += literals;
    // The last sequence has literals alone.
    if (at === block.length) return;
    if (at + 2 > block.length) throw broken('a match is cut off');
    const distance = block.readUInt16LE(at);
    at += 2;
    output.repeat(distance, readLength(token & 0x0f) + MATCH_LENGTH_MIN);
  }
}

/** Grows up to its bound. Matches reach back over blocks: some encoders link them. */
class Lz4Output {
  private bytes: Buffer;
  private length = 0;

  constructor(
    expected: number,
    private readonly bytesMax: number,
  ) {
    this.bytes = Buffer.allocUnsafe(Math.min(expected, bytesMax));
  }

  copy(from: Buffer, start: number, count: number): void {
    this.reserve(count);
    from.copy(this.bytes, this.length, start, start + count);
    this.length += count;
  }

  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length)
      throw broken('a match points before the beginning');
    this.reserve(count);
    const { bytes } = this;
    const end = this.length + count;
    // Byte by byte: a match may overlap what it writes.
    for (let to = this.length; to < end; to += 1) bytes[to] = bytes[to - distance]!;
    this.length = end;
  }

  written(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    if (needed > this.bytesMax) throw new RangeError(`more than ${this.bytesMax} bytes`);
    const grown = Buffer.allocUnsafe(
      Math.min(Math.max(needed, this.bytes.length * 2), this.bytesMax),
    );
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

function broken(what: string): RangeError {
  return new RangeError(`broken LZ4: ${what}`);
}
