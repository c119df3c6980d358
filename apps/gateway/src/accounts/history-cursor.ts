import { isUuid, NODE_ID_MAX } from '@billing/contracts';
import type { OperationKey } from '@billing/database';

const msPattern = /^(0|[1-9]\d{0,14})$/;
const slotPattern = /^(0|[1-9]\d?)$/;

/** Opaque to clients: what it holds may change. */
export function formatCursor({ ms, id, slot }: OperationKey): string {
  return Buffer.from(`${ms}/${id}/${slot}`).toString('base64url');
}

/** Undefined when the text is no cursor of ours. */
export function parseCursor(text: string): OperationKey | undefined {
  const [ms = '', id = '', slot = '', ...rest] = Buffer.from(text, 'base64url')
    .toString('latin1')
    .split('/');
  if (!msPattern.test(ms) || !isUuid(id) || !slotPattern.test(slot)) return undefined;
  if (rest.length > 0 || Number(slot) > NODE_ID_MAX) return undefined;
  return { ms: Number(ms), id, slot: Number(slot) };
}
