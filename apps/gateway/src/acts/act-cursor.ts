import type { ActPosition } from '@billing/database';
import { beginsWithTime } from '../http/page.js';
import { timePattern } from '../letters/letter-cursor.js';

const idPattern = /^(account|letter|offset)\/[\da-f-]{1,36}$/;

/** Opaque to clients: what it holds may change. */
export function formatCursor({ at, id }: ActPosition): string {
  return Buffer.from(`${at}/${id}`).toString('base64url');
}

/** Undefined when the text is no cursor of ours. */
export function parseCursor(text: string): ActPosition | undefined {
  const written = Buffer.from(text, 'base64url').toString('latin1');
  const slash = written.indexOf('/');
  const at = written.slice(0, Math.max(slash, 0));
  const id = written.slice(slash + 1);
  if (!idPattern.test(id) || !timePattern.test(at) || !beginsWithTime(at)) return undefined;
  return { at, id };
}
