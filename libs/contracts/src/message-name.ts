import { parseInt64 } from './field-checks.js';

/** A message of a datacenter's log, named by topic, partition and offset. */
export interface MessageName {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Counts how often the offsets of the partition began anew. A name without a number is number 1. */
  readonly incarnation: number;
}

const pattern = /^([\w.-]{1,249})\/(\d{1,10})\/(\d{1,19})(?:~([1-9]\d{0,9}))?$/;
const INT32_MAX = 2_147_483_647;

/** `billing.payin/4/1207`; of offsets that began anew `billing.payin/4/1207~2`. */
export function formatMessageName({ topic, partition, offset, incarnation }: MessageName): string {
  const name = `${topic}/${partition}/${offset}`;
  return incarnation === 1 ? name : `${name}~${incarnation}`;
}

/** Undefined when the text names no message. */
export function parseMessageName(text: string): MessageName | undefined {
  const [, topic, partition, offsetText = '', incarnation = '1'] = pattern.exec(text) ?? [];
  const offset = parseInt64(offsetText);
  if (topic === undefined || offset === undefined) return undefined;
  const name = { topic, partition: Number(partition), offset, incarnation: Number(incarnation) };
  return name.partition <= INT32_MAX && name.incarnation <= INT32_MAX ? name : undefined;
}
