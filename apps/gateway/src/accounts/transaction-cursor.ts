import { parseInt64 } from '@billing/contracts';
import type { TransactionPosition } from '@billing/database';
import { beginsWithTime } from '../http/page.js';

const timePattern = /^[\d-]{10} [\d:]{8}(\.\d{1,6})?Z$/;

/** Opaque to clients: what it holds may change. */
export function formatCursor({ createdAt, nodeId, id }: TransactionPosition): string {
  return Buffer.from(`${createdAt}/${nodeId}/${id}`).toString('base64url');
}

/** Undefined when the text is no cursor of ours. */
export function parseCursor(text: string): TransactionPosition | undefined {
  const [createdAt = '', nodeId = '', idText = '', ...rest] = Buffer.from(text, 'base64url')
    .toString('latin1')
    .split('/');
  const id = /^[1-9]/.test(idText) ? parseInt64(idText) : undefined;
  const wellFormed = /^[1-9]\d?$/.test(nodeId) && rest.length === 0;
  if (id === undefined || !wellFormed) return undefined;
  if (!timePattern.test(createdAt) || !beginsWithTime(createdAt)) return undefined;
  return { createdAt, nodeId: Number(nodeId), id };
}
