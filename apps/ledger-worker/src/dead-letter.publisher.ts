import {
  listUnpublishedDeadLetters,
  markDeadLettersPublished,
  type Database,
  type DeadLetter,
} from '@billing/database';
import type { DeadLetterCopy, DeadLetterProducer } from '@billing/kafka';

const LETTERS_MAX = 500;

/**
 * Copies dead letters from their table to the topic. The table is the truth: a copy may come twice,
 * when the worker ends between sending and marking, but none is left out.
 */
export class DeadLetterPublisher {
  constructor(
    private readonly database: Database,
    private readonly producer: DeadLetterProducer,
  ) {}

  /** Publishes what is there. Throws on an outage of either side: call again. */
  async publish(stopping: AbortSignal): Promise<void> {
    while (!stopping.aborted) {
      const letters = await listUnpublishedDeadLetters(this.database, LETTERS_MAX);
      if (letters.length === 0) return;
      await this.producer.send(letters.map(toCopy));
      await markDeadLettersPublished(this.database, letters);
    }
  }
}

function toCopy(letter: DeadLetter): DeadLetterCopy {
  return {
    key: letter.key,
    value: letter.value,
    headers: {
      'billing-reason': letter.reason,
      'billing-detail': letter.detail,
      'billing-topic': letter.topic,
      'billing-partition': String(letter.partition),
      'billing-offset': String(letter.offset),
      'billing-recorded-at': letter.recordedAt.toISOString(),
      ...(letter.commandId === undefined ? {} : { 'billing-command-id': letter.commandId }),
    },
  };
}
