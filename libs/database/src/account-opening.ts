import type { Caller } from './database.js';
import type { Position } from './pay-outs.js';

export type OpeningStatus =
  | 'invalid_username'
  | 'unknown_currency'
  | 'invalid_amount'
  | 'idempotency_conflict'
  | 'replayed'
  | 'opened';

export interface AccountOpening {
  readonly status: OpeningStatus;
  /** Set when replayed or opened. */
  readonly accountId: bigint | undefined;
  readonly position: Position;
}

/** `billing.open_account`: once per client and key. @throws DatabaseError */
export async function openAccount(
  database: Caller,
  opening: {
    tenant: string;
    clientId: string;
    idempotencyKey: string;
    fingerprint: Uint8Array;
    username: string;
    currency: string;
    initialMinor: bigint;
  },
): Promise<AccountOpening> {
  const [row] = await database.query<{
    status: OpeningStatus;
    account_id: bigint | null;
    position: string | null;
  }>('open_account', 'select * from billing.open_account($1, $2, $3, $4, $5, $6, $7)', [
    opening.clientId,
    opening.idempotencyKey,
    opening.fingerprint,
    opening.username,
    opening.currency,
    opening.initialMinor,
    opening.tenant,
  ]);
  if (row === undefined) throw new TypeError('billing.open_account returned no row');
  return {
    status: row.status,
    accountId: row.account_id ?? undefined,
    position: row.position ?? undefined,
  };
}
