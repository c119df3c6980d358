import type { Database } from './database.js';

/** A message that was not and will not be credited, named by topic, partition and offset. */
export interface DeadLetter {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Counts how often the offsets of the partition began anew. */
  readonly incarnation: number;
  readonly commandId: string | undefined;
  readonly reason: string;
  readonly detail: string;
  /** Both may be cut off at their end: `keyBytes` and `valueBytes` say what there is. */
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly keyBytes: number;
  readonly valueBytes: number;
  readonly recordedAt: Date;
  /** To the microsecond, as the next call needs it. */
  readonly recordedAtText: string;
}

export interface UnpublishedPage {
  readonly limit: number;
  /** Of all letters of the page with the headers of their copies; the first one comes whatever it has. */
  readonly bytesMax: number;
  /** Of one letter: what is beyond is cut off. */
  readonly letterBytesMax: number;
  /** The last one that was seen. */
  readonly after?: DeadLetter | undefined;
}

/** `billing.list_unpublished_dead_letters`, oldest first. @throws DatabaseError */
export async function listUnpublishedDeadLetters(
  database: Database,
  { limit, bytesMax, letterBytesMax, after }: UnpublishedPage,
): Promise<DeadLetter[]> {
  const rows = await database.query<{
    topic: string;
    partition_id: number;
    message_offset: bigint;
    incarnation: number;
    command_id: string | null;
    reason: string;
    detail: string;
    message_key: Buffer | null;
    message_value: Buffer | null;
    key_bytes: number | null;
    value_bytes: number | null;
    recorded_at: Date;
    recorded_at_text: string;
  }>(
    'list_unpublished_dead_letters',
    'select *, recorded_at::text as recorded_at_text' +
      ' from billing.list_unpublished_dead_letters($1, $2, $3, $4, $5, $6, $7, $8)',
    [
      limit,
      bytesMax,
      letterBytesMax,
      after?.recordedAtText ?? null,
      after?.topic ?? null,
      after?.partition ?? null,
      after?.offset ?? null,
      after?.incarnation ?? null,
    ],
  );
  return rows.map((row) => ({
    topic: row.topic,
    partition: row.partition_id,
    offset: row.message_offset,
    incarnation: row.incarnation,
    commandId: row.command_id ?? undefined,
    reason: row.reason,
    detail: row.detail,
    key: row.message_key,
    value: row.message_value,
    keyBytes: row.key_bytes ?? 0,
    valueBytes: row.value_bytes ?? 0,
    recordedAt: row.recorded_at,
    recordedAtText: row.recorded_at_text,
  }));
}

/** `billing.mark_dead_letters_published`. Repeatable. @throws DatabaseError */
export async function markDeadLettersPublished(
  database: Database,
  letters: readonly Pick<DeadLetter, 'topic' | 'partition' | 'offset' | 'incarnation'>[],
): Promise<void> {
  await database.query(
    'mark_dead_letters_published',
    'select billing.mark_dead_letters_published($1, $2, $3::bigint[], $4)',
    [
      letters.map((letter) => letter.topic),
      letters.map((letter) => letter.partition),
      letters.map((letter) => letter.offset.toString()),
      letters.map((letter) => letter.incarnation),
    ],
  );
}
