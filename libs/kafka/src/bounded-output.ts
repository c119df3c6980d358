/** Where LZ4 and Snappy write: literals, and what was written before, again. Grows up to its bound. */
export class BoundedOutput {
  private bytes: Buffer;
  private length = 0;

  constructor(
    expected: number,
    private readonly bytesMax: number,
  ) {
    if (expected > bytesMax) throw beyond(bytesMax);
    this.bytes = Buffer.allocUnsafe(expected);
  }

  copy(from: Buffer, start: number, count: number): void {
    if (start + count > from.length) throw new RangeError('literals are cut off');
    this.reserve(count);
    from.copy(this.bytes, this.length, start, start + count);
    this.length += count;
  }

  repeat(distance: number, count: number): void {
    if (distance === 0 || distance > this.length) {
      throw new RangeError('a match points before the beginning');
    }
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
    if (needed > this.bytesMax) throw beyond(this.bytesMax);
    const size = Math.min(Math.max(needed, this.bytes.length * 2), this.bytesMax);
    const grown = Buffer.allocUnsafe(size);
    this.bytes.copy(grown, 0, 0, this.length);
    this.bytes = grown;
  }
}

export function beyond(bytesMax: number): RangeError {
  return new RangeError(`more than ${bytesMax} bytes`);
}
