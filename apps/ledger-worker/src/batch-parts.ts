import type { KafkaBatch, KafkaBatchMessage } from '@billing/kafka';

export interface BatchBounds {
  readonly messagesMax: number;
  /** Of keys and values; a message that has more is a part of its own. */
  readonly bytesMax: number;
}

/** Some of a batch's messages: covers [firstOffset, nextOffset), and the parts cover the batch. */
export interface BatchPart {
  readonly messages: readonly KafkaBatchMessage[];
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
}

/** What one SQL call takes: bytes are what costs, and messages have from a hundred to a million each. */
export function* splitBatch(batch: KafkaBatch, bounds: BatchBounds): Generator<BatchPart> {
  const { messages, nextOffset } = batch;
  let firstOffset = batch.fetchedOffset;
  let start = 0;
  let bytes = 0;
  for (let end = 0; end < messages.length; end += 1) {
    const size = sizeOf(messages[end]!);
    if (end > start && (end - start === bounds.messagesMax || bytes + size > bounds.bytesMax)) {
      const next = BigInt(messages[end - 1]!.offset) + 1n;
      yield { messages: messages.slice(start, end), firstOffset, nextOffset: next };
      firstOffset = next;
      start = end;
      bytes = 0;
    }
    bytes += size;
  }
  // Also of a stretch without messages, which is stored like any other.
  if (firstOffset < nextOffset) yield { messages: messages.slice(start), firstOffset, nextOffset };
}

function sizeOf({ key, value }: KafkaBatchMessage): number {
  return (key?.length ?? 0) + (value?.length ?? 0);
}
