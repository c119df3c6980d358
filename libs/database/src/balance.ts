import type { Tenants } from '@billing/contracts';
import type { Database } from './database.js';
import { toParameter } from './tenants.js';

export interface BalancePart {
  readonly nodeId: number;
  /** The part that this node owns; the others are replicas. */
  readonly isOwn: boolean;
  readonly balanceMinor: bigint;
  /** Set aside there by drains that are not yet settled or released; in no balance. */
  readonly reservedMinor: bigint;
  /** Held there by holds; in no balance. */
  readonly heldMinor: bigint;
  /** False while this node's circuit breaker for that node is open. */
  readonly isReachable: boolean;
  /** Everything its owner had committed by then is in it; undefined when its owner was never heard. */
  readonly asOf: Date | undefined;
}

export interface Balance {
  readonly currency: string;
  readonly isDeleted: boolean;
  readonly totalMinor: bigint;
  /** Of what was credited twice, what is still to be taken back, at any node. */
  readonly clawbackMinor: bigint;
  readonly parts: readonly BalancePart[];
}

interface BalanceRow extends Record<string, unknown> {
  node_id: number;
  is_own: boolean;
  balance_minor: bigint;
  reserved_minor: bigint;
  held_minor: bigint;
  is_reachable: boolean;
  as_of: Date | null;
  total_minor: string;
  clawback_minor: string;
  currency: string;
  is_deleted: boolean;
}

/** `billing.get_balance`: undefined when the account is not known here. @throws DatabaseError */
export async function getBalance(
  database: Database,
  accountId: string,
  tenants: Tenants,
): Promise<Balance | undefined> {
  const rows = await database.query<BalanceRow>(
    'get_balance',
    'select * from billing.get_balance($1, $2)',
    [accountId, toParameter(tenants)],
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  return {
    currency: first.currency,
    isDeleted: first.is_deleted,
    totalMinor: BigInt(first.total_minor),
    clawbackMinor: BigInt(first.clawback_minor),
    parts: rows.map((row) => ({
      nodeId: row.node_id,
      isOwn: row.is_own,
      balanceMinor: row.balance_minor,
      reservedMinor: row.reserved_minor,
      heldMinor: row.held_minor,
      isReachable: row.is_reachable,
      asOf: row.as_of ?? undefined,
    })),
  };
}
