/** Names a message of this node: offsets of a topic made anew begin a new incarnation. */
export interface MessagePlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly incarnation: number;
}

export interface PlaceRow extends Record<string, unknown> {
  topic: string;
  partition_id: number;
  message_offset: bigint;
  incarnation: number;
}

export function toPlace(row: PlaceRow): MessagePlace {
  return {
    topic: row.topic,
    partition: row.partition_id,
    offset: row.message_offset,
    incarnation: row.incarnation,
  };
}
