import { formatMessageName, parseMessageName } from '@billing/contracts';
import type { LetterPosition } from '@billing/database';
import { beginsWithTime } from '../http/page.js';

/** As PostgreSQL writes a time, with the zone of the session: less than 16 hours away. */
export const timePattern = /^[\d-]{10} [\d:]{8}(\.\d{1,6})?[+-](0\d|1[0-5])(:[0-5]\d){0,2}$/;

/** Opaque to clients: what it holds may change. */
export function formatCursor({ at, ...name }: LetterPosition): string {
  return Buffer.from(`${at}/${formatMessageName(name)}`).toString('base64url');
}

/** Undefined when the text is no cursor of ours. */
export function parseCursor(text: string): LetterPosition | undefined {
  const written = Buffer.from(text, 'base64url').toString('latin1');
  const slash = written.indexOf('/');
  const at = written.slice(0, Math.max(slash, 0));
  const name = parseMessageName(written.slice(slash + 1));
  if (name === undefined || !timePattern.test(at) || !beginsWithTime(at)) return undefined;
  return { ...name, at };
}
