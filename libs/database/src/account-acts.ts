import type { Tenants } from '@billing/contracts';
import type { Caller } from './database.js';
import type { Listing } from './listing.js';
import type { Position } from './pay-outs.js';
import { toParameter } from './tenants.js';

export type DeletionStatus =
  'deleted' | 'already_deleted' | 'not_found' | 'parts_unseen' | 'not_empty' | 'home_unreachable';

export interface DeletionOrder {
  readonly accountId: string;
  readonly clientId: string;
  /** Whose account it may be. */
  readonly tenants: Tenants;
  /** Where the client asked from; undefined: not known. */
  readonly address: string | undefined;
  /** How long each other node has for its answer. */
  readonly timeoutMs: number;
  /** Whatever is in it. The reason is kept. */
  readonly force: boolean;
  readonly reason: string | undefined;
}

export interface AccountDeletion {
  readonly status: DeletionStatus;
  readonly homeNodeId: number;
  /** Seen in all parts, minor units; of a status that looks at them. */
  readonly leftMinor: bigint;
  readonly unseenNodes: readonly number[];
  /** The account's, where it is known. */
  readonly currency: string | undefined;
  readonly position: Position;
}

/** `billing.delete_account`: by the account's home node, wherever it is called. @throws DatabaseError */
export async function deleteAccount(
  database: Caller,
  order: DeletionOrder,
): Promise<AccountDeletion> {
  const [row] = await database.query<{
    status: DeletionStatus;
    home_node_id: number;
    left_minor: string | null;
    unseen_nodes: number[] | null;
    currency: string | null;
    position: string | null;
  }>('delete_account', 'select * from billing.delete_account($1, $2, $3, $4, $5, $6, $7)', [
    order.accountId,
    order.clientId,
    order.timeoutMs,
    order.force,
    order.reason ?? null,
    toParameter(order.tenants),
    order.address ?? null,
  ]);
  if (row === undefined) throw new TypeError('billing.delete_account returned no row');
  return {
    status: row.status,
    homeNodeId: row.home_node_id,
    leftMinor: BigInt(row.left_minor ?? 0),
    unseenNodes: row.unseen_nodes ?? [],
    currency: row.currency ?? undefined,
    position: row.position ?? undefined,
  };
}

export type CorrectionStatus =
  | 'corrected'
  | 'replayed'
  | 'idempotency_conflict'
  | 'account_not_found'
  | 'account_deleted'
  | 'currency_mismatch'
  | 'insufficient_local_funds'
  | 'balance_limit';

export interface CorrectionOrder {
  readonly clientId: string;
  /** Whose account it may be. */
  readonly tenants: Tenants;
  /** Where the client asked from; undefined: not known. */
  readonly address: string | undefined;
  readonly idempotencyKey: string;
  readonly fingerprint: Buffer;
  readonly accountId: string;
  /** Not zero: what it adds to this node's part. */
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reason: string;
}

export interface BalanceCorrection {
  readonly status: CorrectionStatus;
  readonly correctionId: string | undefined;
  /** This node's part after it, or as it is where it was too little. */
  readonly balanceMinor: bigint | undefined;
  /** The account's, where it is known. */
  readonly currency: string | undefined;
  readonly position: Position;
}

/** `billing.correct_balance`: this node's part of an account, either sign. @throws DatabaseError */
export async function correctBalance(
  database: Caller,
  order: CorrectionOrder,
): Promise<BalanceCorrection> {
  const [row] = await database.query<{
    status: CorrectionStatus;
    correction_id: string | null;
    balance_minor: bigint | null;
    currency: string | null;
    position: string | null;
  }>(
    'correct_balance',
    'select * from billing.correct_balance($1, $2, $3, $4, $5, $6, $7, $8, $9)',
    [
      order.clientId,
      order.idempotencyKey,
      order.fingerprint,
      order.accountId,
      order.amountMinor,
      order.currency,
      order.reason,
      toParameter(order.tenants),
      order.address ?? null,
    ],
  );
  if (row === undefined) throw new TypeError('billing.correct_balance returned no row');
  return {
    status: row.status,
    correctionId: row.correction_id ?? undefined,
    balanceMinor: row.balance_minor ?? undefined,
    currency: row.currency ?? undefined,
    position: row.position ?? undefined,
  };
}

export interface MoneyOfDeleted {
  readonly accountId: bigint;
  readonly currency: string;
  readonly balanceMinor: bigint;
}

/** `billing.list_money_of_deleted`: what deleted accounts have in this node's part. @throws DatabaseError */
export async function listMoneyOfDeleted(
  database: Caller,
  limit: number,
  tenants: Tenants,
): Promise<Listing<MoneyOfDeleted>> {
  const rows = await database.query<{
    account_id: bigint;
    currency: string;
    balance_minor: bigint;
    total: bigint;
  }>('list_money_of_deleted', 'select * from billing.list_money_of_deleted($1, $2)', [
    limit,
    toParameter(tenants),
  ]);
  const items = rows.map((row) => ({
    accountId: row.account_id,
    currency: row.currency,
    balanceMinor: row.balance_minor,
  }));
  return { items, total: Number(rows[0]?.total ?? 0) };
}
