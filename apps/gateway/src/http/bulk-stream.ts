import type { IncomingMessage } from 'node:http';
import { bodyTooLarge } from './body-stream.js';
import { HttpProblem } from './http-problem.js';
import type { ArraySplitter, LineSplitter } from './item-splitter.js';

export type BulkMediaType = 'application/json' | 'application/x-ndjson';

export interface BulkStreamParts {
  readonly payload: IncomingMessage;
  readonly splitter: ArraySplitter | LineSplitter;
  readonly bytesMax: number;
  readonly mediaType: BulkMediaType;
  /** So many more have been read. */
  readonly onItems: (count: number) => void;
}

/** A bulk body whose items are taken one by one: what nobody has asked for is not read, but for the rest of a chunk. */
export class BulkStream {
  constructor(private readonly parts: BulkStreamParts) {}

  get mediaType(): BulkMediaType {
    return this.parts.mediaType;
  }

  /** @throws HttpProblem when nothing from here on is taken: what came before stands */
  async *items(): AsyncGenerator<unknown, void, undefined> {
    const { payload, splitter, bytesMax, onItems } = this.parts;
    let bytes = 0;
    const cut = (): unknown[] => {
      const items = splitter.cut();
      onItems(items.length);
      return items;
    };
    try {
      // Destroyed, it would take the answer with it.
      for await (const chunk of payload.iterator({ destroyOnReturn: false })) {
        bytes += (chunk as Buffer).length;
        if (bytes > bytesMax) throw bodyTooLarge();
        splitter.write(chunk as Buffer);
        yield* cut();
        if (splitter.refusal !== undefined) throw splitter.refusal;
      }
    } catch (error) {
      if (error instanceof HttpProblem) throw error;
      throw new HttpProblem('invalid-request', 'the body broke off', { cause: error });
    } finally {
      // Who still writes reads no answer.
      payload.resume();
    }
    splitter.end();
    yield* cut();
    if (splitter.refusal !== undefined) throw splitter.refusal;
  }
}
