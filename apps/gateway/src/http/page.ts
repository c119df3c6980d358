import { Transform } from 'class-transformer';
import { IsOptional, Matches } from 'class-validator';
import { Type } from 'typebox';
import { Fits } from './validation.js';
import { HttpProblem } from './http-problem.js';

const PAGE_MAX = 200;
const CURSOR_RULE = 'must be a cursor as it was given';

function isPageLimit(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= PAGE_MAX;
}

/** Which page of a list is asked for. */
export class PageQuery {
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @Fits(
    isPageLimit,
    `must be a whole number from 1 to ${PAGE_MAX}`,
    Type.Integer({ minimum: 1, maximum: PAGE_MAX }),
  )
  limit: number = 50;

  @IsOptional()
  @Matches(/^[\w-]{1,600}$/, { message: CURSOR_RULE })
  cursor?: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  readonly nextCursor: string | null;
}

/** Where the page begins; undefined: with the first row. @throws HttpProblem */
export function readCursor<Position>(
  cursor: string | undefined,
  parse: (text: string) => Position | undefined,
): Position | undefined {
  if (cursor === undefined) return undefined;
  const position = parse(cursor);
  if (position === undefined) throw unknownCursor();
  return position;
}

export function unknownCursor(): HttpProblem {
  return HttpProblem.ofField('cursor', CURSOR_RULE);
}

/** @param find asked for one row more than the page has: it tells whether there is a next page */
export async function findPage<Row>(
  { limit }: PageQuery,
  find: (limit: number) => Promise<readonly Row[]>,
  cursorOf: (last: Row) => string,
): Promise<Page<Row>> {
  const found = await find(limit + 1);
  const rows = found.slice(0, limit);
  const last = found.length > limit ? rows.at(-1) : undefined;
  return { rows, nextCursor: last === undefined ? null : cursorOf(last) };
}

// As PostgreSQL writes a time, with the zone of the session: less than 16 hours away.
const zonedTime = /^[\d-]{10} [\d:]{8}(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d){0,2}$/;

/** A cursor into what is ordered by time, then by name. Opaque to clients: what it holds may change. */
export function formatTimeCursor(at: string, name: string): string {
  return Buffer.from(`${at}/${name}`).toString('base64url');
}

/** Undefined when the text is no such cursor. */
export function parseTimeCursor(text: string): { at: string; name: string } | undefined {
  const written = Buffer.from(text, 'base64url').toString('latin1');
  const slash = written.indexOf('/');
  const at = written.slice(0, Math.max(slash, 0));
  if (!zonedTime.test(at) || !beginsWithTime(at)) return undefined;
  return { at, name: written.slice(slash + 1) };
}

const timePattern = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(?:\.\d{1,6})?/;

/**
 * Whether a text begins with a day and a time that there are, as PostgreSQL writes them. Date.parse alone
 * takes 30 February for 2 March, 24:00 for the next day, and the year 0 for one.
 */
export function beginsWithTime(text: string): boolean {
  const [, day, time] = timePattern.exec(text) ?? [];
  if (day === undefined || time === undefined || day.startsWith('0000')) return false;
  const ms = Date.parse(`${day}T${time}Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(`${day}T${time}`);
}
