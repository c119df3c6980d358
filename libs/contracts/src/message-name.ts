/** A message of a datacenter's log, named by topic, partition and offset. */
export interface MessageName {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Counts how often the offsets of the partition began anew. Undefined: the first that has it. */
  readonly incarnation: number | undefined;
}

const pattern = /^([\w.-]{1,249})\/(\d{1,10})\/(\d{1,19})(?:~([1-9]\d{0,9}))?$/;
const INT32_MAX = 2_147_483_647;
const INT64_MAX = 9_223_372_036_854_775_807n;

/** `billing.payin/4/1207`; of offsets that began anew `billing.payin/4/1207~2`. */
export function formatMessageName({ topic, partition, offset, incarnation }: MessageName): string {
  const name = `${topic}/${partition}/${offset}`;
  return incarnation === undefined || incarnation === 1 ? name : `${name}~${incarnation}`;
}

/** Undefined when the text names no message. */
export function parseMessageName(text: string): MessageName | undefined {
  const [, topic, partition, offset, incarnation] = pattern.exec(text) ?? [];
  if (topic === undefined || partition === undefined || offset === undefined) return undefined;
  const name = {
    topic,
    partition: Number(partition),
    offset: BigInt(offset),
    incarnation: incarnation === undefined ? undefined : Number(incarnation),
  };
  const fits =
    name.partition <= INT32_MAX && name.offset <= INT64_MAX && (name.incarnation ?? 0) <= INT32_MAX;
  return fits ? name : undefined;
}
