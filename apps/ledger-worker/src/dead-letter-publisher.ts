import {
  listUnpublishedDeadLetters,
  markDeadLettersPublished,
  type Database,
  type DeadLetter,
} from '@billing/database';
import { CopyRefusedError, type DeadLetterCopy, type DeadLetterProducer } from '@billing/kafka';
import type { Log } from '@billing/observability';

const LETTERS_MAX = 500;
/**
 * Of one read and one request, key and value cut to it: all of a page may go to one partition, as one record
 * batch, of which a broker takes 1 MiB.
 */
const PAGE_BYTES_MAX = 900_000;
/** What a topic with a smaller bound may take of a letter, tried in this order. */
const SMALLER_BYTES_MAX = [100_000, 10_000, 0];
/** Refused in one round; the next one goes on behind them. */
const REFUSED_MAX = 20;

/**
 * Copies dead letters from their table to the topic. The table is the truth: a copy may come twice,
 * when the worker ends between sending and marking, but none is left out. A copy that the broker refuses
 * stays behind alone; it is tried again when the others are through.
 */
export class DeadLetterPublisher {
  /** The last letter looked at, once one was refused; undefined: from the oldest on. */
  private after: DeadLetter | undefined;

  constructor(
    private readonly database: Database,
    private readonly producer: DeadLetterProducer,
    private readonly log: Log,
  ) {}

  /** Publishes what is there. Throws on an outage of either side: call again. */
  async publish(stopping: AbortSignal): Promise<void> {
    let refused = 0;
    while (!stopping.aborted && refused < REFUSED_MAX) {
      const letters = await listUnpublishedDeadLetters(this.database, {
        limit: LETTERS_MAX,
        bytesMax: PAGE_BYTES_MAX,
        letterBytesMax: PAGE_BYTES_MAX,
        after: this.after,
      });
      if (letters.length === 0) {
        this.after = undefined;
        break;
      }
      const copied = await this.copy(letters);
      if (copied.length > 0) await markDeadLettersPublished(this.database, copied);
      refused += letters.length - copied.length;
      if (refused > 0) this.after = letters.at(-1);
    }
    if (refused > 0) {
      this.log.warn({ letters: refused }, 'the topic refuses copies of dead letters; trying again');
    }
  }

  /** @returns those that the broker has */
  private async copy(letters: readonly DeadLetter[]): Promise<readonly DeadLetter[]> {
    if (await this.isTaken(letters)) return letters;
    const copied: DeadLetter[] = [];
    for (const letter of letters) if (await this.copyOne(letter)) copied.push(letter);
    return copied;
  }

  private async copyOne(letter: DeadLetter): Promise<boolean> {
    if (await this.isTaken([letter])) return true;
    for (const bytesMax of SMALLER_BYTES_MAX) {
      if (await this.isTaken([cut(letter, bytesMax)])) return true;
    }
    return false;
  }

  private async isTaken(letters: readonly DeadLetter[]): Promise<boolean> {
    try {
      await this.producer.send(letters.map(toCopy));
      return true;
    } catch (error) {
      if (error instanceof CopyRefusedError) return false;
      throw error;
    }
  }
}

function cut(letter: DeadLetter, bytesMax: number): DeadLetter {
  const key = letter.key?.subarray(0, bytesMax / 10) ?? null;
  const value = letter.value?.subarray(0, bytesMax) ?? null;
  return { ...letter, key, value };
}

function toCopy(letter: DeadLetter): DeadLetterCopy {
  const { key, value, keyBytes, valueBytes } = letter;
  return {
    key,
    value,
    headers: {
      'billing-reason': letter.reason,
      'billing-detail': letter.detail,
      'billing-topic': letter.topic,
      'billing-partition': String(letter.partition),
      'billing-offset': String(letter.offset),
      'billing-recorded-at': letter.recordedAt.toISOString(),
      ...(letter.commandId === undefined ? {} : { 'billing-command-id': letter.commandId }),
      // There only where something is cut off.
      ...(key !== null && key.length < keyBytes ? { 'billing-key-bytes': String(keyBytes) } : {}),
      ...(value !== null && value.length < valueBytes
        ? { 'billing-value-bytes': String(valueBytes) }
        : {}),
    },
  };
}
