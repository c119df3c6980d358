import type { IncomingMessage } from 'node:http';
import { forEachChunk } from './body-stream.js';
import type { ArraySplitter, LineSplitter } from './item-splitter.js';
import { HttpProblem } from './http-problem.js';

/** Items of a bulk body, as its route read them. Whoever answers lets go of it. */
export class BulkBody {
  constructor(
    readonly items: readonly unknown[],
    readonly release: () => void,
  ) {}
}

/** Bulk bodies that are held at once, from their first byte to their answer: a client opens more connections. */
export class BulkRoom {
  private heldBytes = 0;

  constructor(private readonly bytesMax: number) {}

  /** @throws HttpProblem when nothing of the body is taken */
  async read(
    payload: IncomingMessage,
    splitter: ArraySplitter | LineSplitter,
    bodyLimit: number,
  ): Promise<BulkBody> {
    let ownBytes = 0;
    let refusal: HttpProblem | undefined;
    const release = (): void => {
      this.heldBytes -= ownBytes;
      ownBytes = 0;
    };
    try {
      // Of a body that is refused the rest is taken off the wire all the same: who still writes reads no answer.
      await forEachChunk(payload, bodyLimit, (chunk) => {
        refusal ??= splitter.refusal ?? this.refusalOf(chunk.length);
        if (refusal !== undefined) {
          splitter.items.length = 0;
          release();
          return;
        }
        this.heldBytes += chunk.length;
        ownBytes += chunk.length;
        splitter.write(chunk);
      });
      if (refusal === undefined) splitter.end();
      refusal ??= splitter.refusal;
      if (refusal !== undefined) throw refusal;
    } catch (error) {
      release();
      throw error;
    }
    return new BulkBody(splitter.items, release);
  }

  private refusalOf(moreBytes: number): HttpProblem | undefined {
    if (this.heldBytes + moreBytes <= this.bytesMax) return undefined;
    return new HttpProblem('overloaded', 'as many bulk bodies are under way as may be');
  }
}
