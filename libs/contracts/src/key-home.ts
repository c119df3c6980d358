import { createCommandId } from './command-id.js';

/** As run_sql.sh has it. */
export const NODE_ID_MAX = 63;

const datacenterPattern = /^dc([1-9]\d?)$/;
const uuidLength = 36;
const keyPattern = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}@(dc\d+)$/i;

/** The node of a datacenter by its name, dc1 to dc63; undefined when the text names none. */
export function parseDatacenter(text: string): number | undefined {
  const nodeId = Number(datacenterPattern.exec(text)?.[1]);
  return nodeId <= NODE_ID_MAX ? nodeId : undefined;
}

/** Of a field that names a home. */
export const HOME_RULE = `must be a datacenter, dc1 to dc${NODE_ID_MAX}`;

export function formatDatacenter(nodeId: number): string {
  return `dc${nodeId}`;
}

/**
 * A new idempotency key that names its home, the datacenter that decides whoever hears it: a UUID of version 7,
 * `@`, the datacenter (docs/key-homes.md).
 */
export function createIdempotencyKey(homeNodeId: number): string {
  return `${createCommandId()}@${formatDatacenter(homeNodeId)}`;
}

/** The node that a key of that form names, 0 where there can be none such; undefined of any other key. */
export function homeOfKey(key: string): number | undefined {
  // Every pay-out comes by here: most keys are known by one character.
  if (key[uuidLength] !== '@') return undefined;
  const datacenter = keyPattern.exec(key)?.[1];
  return datacenter === undefined ? undefined : (parseDatacenter(datacenter.toLowerCase()) ?? 0);
}

/**
 * The node that keeps a pay-out, a charge or a hold, or made a refund, by its id in lower case: `6abe1f3c-92d1-8001-…` is of node 1.
 * Undefined: no such id.
 */
export function nodeOfPayOut(payOutId: string): number | undefined {
  const nodeId = parseInt(
    /^[\da-f]{8}-[\da-f]{4}-8[0-2]([\da-f]{2})-/.exec(payOutId)?.[1] ?? '',
    16,
  );
  return nodeId >= 1 && nodeId <= NODE_ID_MAX ? nodeId : undefined;
}
