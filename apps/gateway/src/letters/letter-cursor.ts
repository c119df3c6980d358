import { formatMessageName, parseMessageName } from '@billing/contracts';
import type { LetterPosition } from '@billing/database';
import { formatTimeCursor, parseTimeCursor } from '../http/page.js';

export function formatCursor({ at, ...name }: LetterPosition): string {
  return formatTimeCursor(at, formatMessageName(name));
}

/** Undefined when the text is no cursor of ours. */
export function parseCursor(text: string): LetterPosition | undefined {
  const cursor = parseTimeCursor(text);
  const name = cursor && parseMessageName(cursor.name);
  return cursor && name && { ...name, at: cursor.at };
}
