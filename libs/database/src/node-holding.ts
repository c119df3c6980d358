import type { Caller } from './database.js';

export interface NodeHolding {
  /** Of one process and no other. */
  readonly holder: string;
  /** Of the lease that this session took; undefined: it has none. */
  readonly number: bigint | undefined;
  readonly leaseMs: number;
}

/**
 * `billing.hold_node`: takes the node's lease or renews it, and beats. The lease ends with the session, or by
 * itself. @returns its number; undefined: another one holds the node. @throws DatabaseError
 */
export async function holdNode(
  session: Caller,
  { holder, number, leaseMs }: NodeHolding,
): Promise<bigint | undefined> {
  const [row] = await session.query<{ number: bigint | null }>(
    'hold_node',
    'select billing.hold_node($1, $2, $3) as number',
    [holder, number ?? null, leaseMs],
  );
  return row?.number ?? undefined;
}
