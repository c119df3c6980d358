import type { TransactionPosition } from '@billing/database';
import { beginsWithTime } from '../http/page.js';

const timePattern = /^[\d-]{10} [\d:]{8}(\.\d{1,6})?Z$/;

/** Opaque to clients: what it holds may change. */
export function formatCursor({ createdAt, nodeId, id }: TransactionPosition): string {
  return Buffer.from(`${createdAt}/${nodeId}/${id}`).toString('base64url');
}

/** Undefined when the text is no cursor of ours. */
export function parseCursor(text: string): TransactionPosition | undefined {
  const [createdAt = '', nodeId = '', id = '', ...rest] = Buffer.from(text, 'base64url')
    .toString('latin1')
    .split('/');
  const wellFormed = /^[1-9]\d?$/.test(nodeId) && /^[1-9]\d{0,17}$/.test(id) && rest.length === 0;
  if (!wellFormed || !timePattern.test(createdAt) || !beginsWithTime(createdAt)) return undefined;
  return { createdAt, nodeId: Number(nodeId), id: BigInt(id) };
}
