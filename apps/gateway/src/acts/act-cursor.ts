import type { ActPosition } from '@billing/database';
import { formatTimeCursor, parseTimeCursor } from '../http/page.js';

const idPattern = /^(account|letter|offset)\/[\da-f-]{1,36}$/;

export function formatCursor({ at, id }: ActPosition): string {
  return formatTimeCursor(at, id);
}

/** Undefined when the text is no cursor of ours. */
export function parseCursor(text: string): ActPosition | undefined {
  const cursor = parseTimeCursor(text);
  return cursor && idPattern.test(cursor.name) ? { at: cursor.at, id: cursor.name } : undefined;
}
