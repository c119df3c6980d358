import { randomUUID } from 'node:crypto';

/**
 * A new UUID version 7: ids made one after another sort so, which keeps the database's index of
 * them small and fast.
 */
export function createCommandId(nowMs = Date.now()): string {
  const time = nowMs.toString(16).padStart(12, '0');
  // The random bits and the variant are version 4's own.
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
