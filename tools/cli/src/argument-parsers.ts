import {
  formatMessageName,
  parseDigits,
  parseMessageName,
  type MessageName,
} from '@billing/contracts';
import { InvalidArgumentError } from 'commander';

const INT32_MAX = 2_147_483_647n;
const INT64_MAX = 9_223_372_036_854_775_807n;
export const listLimitMax = 1_000;
/** As docs/api.md has it. */
const pageLimitMax = 200;

function parseWhole(text: string, maximum: bigint): bigint {
  if (/^\d{1,19}$/.test(text) && BigInt(text) <= maximum) return BigInt(text);
  throw new InvalidArgumentError(`must be a whole number from 0 to ${maximum}`);
}

export function parsePartition(text: string): number {
  return Number(parseWhole(text, INT32_MAX));
}

export function parseOffset(text: string): bigint {
  return parseWhole(text, INT64_MAX);
}

export function parseAccount(text: string): bigint {
  const account = parseWhole(text, INT64_MAX);
  if (account >= 1n) return account;
  throw new InvalidArgumentError('must be the id of an account');
}

export function parseLimit(text: string): number {
  return parseCount(text, listLimitMax);
}

const unitMs = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time such as 30s, 15m, 2h or 7d, in ms. */
export function parseDuration(text: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  if (count === undefined) {
    throw new InvalidArgumentError('must be a time such as 30s, 15m, 2h or 7d');
  }
  return Number(count) * unitMs[unit as keyof typeof unitMs];
}

/** Of a page over HTTP. */
export function parsePageLimit(text: string): number {
  return parseCount(text, pageLimitMax);
}

function parseCount(text: string, maximum: number): number {
  const count = Number(parseWhole(text, INT32_MAX));
  if (count >= 1 && count <= maximum) return count;
  throw new InvalidArgumentError(`must be a whole number from 1 to ${maximum}`);
}

/**
 * `billing.payin:4:1207`, or with the incarnation behind it: `billing.payin:4:1207:2`. As HTTP names it,
 * too: `billing.payin/4/1207~2`.
 */
export function parseMessageArgument(text: string): MessageName {
  // A topic has no colon and no slash, so one reading serves both.
  const path = text.replace(
    /^([^:]*):(\d+):(\d+)(?::(\d+))?$/,
    (_, topic, partition, offset, number) =>
      `${topic}/${partition}/${offset}${number === undefined ? '' : `~${number}`}`,
  );
  const name = parseMessageName(path);
  if (name !== undefined) return name;
  throw new InvalidArgumentError('must be a name as the list shows it: topic:partition:offset');
}

/** What an act is about, as acts name it: an account, a message however it is written, a partition. */
export function parseObject(text: string): string {
  return /^[^:]*:\d/.test(text) ? formatMessageName(parseMessageArgument(text)) : text;
}

/** In UTC. */
export function parseTime(text: string): string {
  const isTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/.test(text);
  if (isTime && !Number.isNaN(Date.parse(text))) return text;
  throw new InvalidArgumentError('must be a time in UTC, like 2026-01-01T12:00:00Z');
}

/** For arguments of which there may be many. */
export function parseMessageArguments(
  text: string,
  before: readonly MessageName[] = [],
): MessageName[] {
  return [...before, parseMessageArgument(text)];
}

/** With the digits of its numbers as they are. */
export function parseJsonObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return parseDigits(text) as Record<string, unknown>;
    }
  } catch {
    // Said below.
  }
  throw new InvalidArgumentError('must be a JSON object');
}

export function formatMessageArgument({
  topic,
  partition,
  offset,
  incarnation,
}: MessageName): string {
  const name = `${topic}:${partition}:${offset}`;
  return incarnation === 1 ? name : `${name}:${incarnation}`;
}
