import type { MessageName } from '@billing/contracts';

/** The columns that name a message of this node. */
export interface MessageRow extends Record<string, unknown> {
  topic: string;
  partition_id: number;
  message_offset: bigint;
  incarnation: number;
}

export function toMessageName(row: MessageRow): MessageName {
  return {
    topic: row.topic,
    partition: row.partition_id,
    offset: row.message_offset,
    incarnation: row.incarnation,
  };
}
