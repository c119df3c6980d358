import { formatMessageName, parseMessageName } from '@billing/contracts';
import type { LetterPosition } from '@billing/database';

// As PostgreSQL writes a time, with the zone of the session.
const timePattern = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}(\.\d{1,6})?[+-]\d{2}(:\d{2}){0,2}$/;

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
  if (name === undefined || !timePattern.test(at)) return undefined;
  if (Number.isNaN(Date.parse(at.slice(0, 19).replace(' ', 'T')))) return undefined;
  return { ...name, at };
}
