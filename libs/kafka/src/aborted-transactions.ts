import type { KafkaMessage } from 'kafkajs';

export interface AbortedTransaction {
  readonly producerId: string;
  readonly firstOffset: string;
}

/** What of a message tells whether it counts. */
export type TransactionalMessage = KafkaMessage & {
  isControlRecord?: boolean;
  readonly batchContext?: { readonly producerId: string; readonly inTransaction: boolean };
};

/**
 * Makes control records of the messages of aborted transactions: kafkajs gives those to nobody, and their
 * offsets count. Its own filter is wrong: it takes the list in the broker's order, which is that of
 * their ends, begins one transaction a message at most, and takes a key of four zeros for a marker.
 */
export function hideAborted(
  messages: readonly TransactionalMessage[],
  transactions: readonly AbortedTransaction[],
): void {
  if (transactions.length === 0) return;
  const toCome = transactions
    .map(({ producerId, firstOffset }) => ({ producerId, firstOffset: BigInt(firstOffset) }))
    .sort((a, b) => Number(b.firstOffset - a.firstOffset));
  const aborted = new Set<string>();
  for (const message of messages) {
    const offset = BigInt(message.offset);
    while (toCome.length > 0 && toCome.at(-1)!.firstOffset <= offset) {
      aborted.add(toCome.pop()!.producerId);
    }
    const { producerId = '-1', inTransaction = false } = message.batchContext ?? {};
    if (message.isControlRecord) {
      if (isAbort(message.key)) aborted.delete(producerId);
    } else if (inTransaction && aborted.has(producerId)) {
      message.isControlRecord = true;
    }
  }
}

// The key of a control record: version (INT16), type (INT16).
const CONTROL_TYPE_AT = 2;
const CONTROL_KEY_BYTES = 4;
const CONTROL_ABORT = 0;

function isAbort(key: Buffer | null): boolean {
  return (
    (key?.length ?? 0) >= CONTROL_KEY_BYTES && key!.readInt16BE(CONTROL_TYPE_AT) === CONTROL_ABORT
  );
}
