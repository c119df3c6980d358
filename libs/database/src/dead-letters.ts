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
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly recordedAt: Date;
}

/** `billing.list_unpublished_dead_letters`, oldest first. @throws DatabaseError */
export async function listUnpublishedDeadLetters(
  database: Database,
  limit: number,
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
    recorded_at: Date;
  }>('list_unpublished_dead_letters', 'select * from billing.list_unpublished_dead_letters($1)', [
    limit,
  ]);
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
    recordedAt: row.recorded_at,
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
