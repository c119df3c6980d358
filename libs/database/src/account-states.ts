import type { Tenants } from '@billing/contracts';
import { DatabaseError } from './database.errors.js';
import type { Caller } from './database.js';
import type { Position } from './pay-outs.js';
import { toParameter } from './tenants.js';

export interface AccountState {
  /** Rises with each change. */
  readonly version: bigint;
  readonly debitsFrozen: boolean;
  readonly creditsFrozen: boolean;
}

export interface AccountChange {
  readonly accountId: string;
  readonly act: 'freeze' | 'thaw';
  /** What is meant, and why. */
  readonly change: Readonly<Record<string, unknown>>;
  readonly clientId: string;
  readonly idempotencyKey: string;
  /** sha256 of what is asked for, however it was written. */
  readonly fingerprint: Buffer;
  /** Whose account it may be. */
  readonly tenants: Tenants;
  /** Where the client asked from; undefined: not known. */
  readonly address: string | undefined;
  /** How long the home has for its answer. */
  readonly timeoutMs: number;
}

export type AccountChangeOutcome =
  | {
      readonly status: 'changed' | 'unchanged' | 'replayed';
      readonly state: AccountState;
      readonly position: Position;
    }
  | { readonly status: 'not_found' | 'idempotency_conflict' | 'account_deleted' }
  /** The account's home did not answer; `unknown`: it may have happened nevertheless. */
  | { readonly status: 'unreachable' | 'unknown' };

/** `billing.change_account`: by the account's home node, wherever it is called. @throws DatabaseError */
export async function changeAccount(
  database: Caller,
  order: AccountChange,
): Promise<AccountChangeOutcome> {
  const [row] = await database.query<{
    status: AccountChangeOutcome['status'] | 'failed';
    code: string | null;
    message: string | null;
    account: { state_version: string; debits_frozen: boolean; credits_frozen: boolean } | null;
    position: string | null;
  }>('change_account', 'select * from billing.change_account($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
    order.accountId,
    order.act,
    JSON.stringify(order.change),
    order.clientId,
    order.idempotencyKey,
    order.fingerprint,
    toParameter(order.tenants),
    order.address ?? null,
    order.timeoutMs,
  ]);
  if (row === undefined) throw new TypeError('billing.change_account returned no row');
  const { status, account } = row;
  switch (status) {
    case 'failed':
      throw new DatabaseError(
        row.code ?? '',
        'change_account',
        new Error(row.message ?? ''),
        'none',
      );
    case 'changed':
    case 'unchanged':
    case 'replayed':
      return {
        status,
        state: {
          version: BigInt(account!.state_version),
          debitsFrozen: account!.debits_frozen,
          creditsFrozen: account!.credits_frozen,
        },
        position: row.position ?? undefined,
      };
    default:
      return { status };
  }
}

export interface StateConfirmation {
  /** Who obeys it from now on; the home first. */
  readonly confirmedNodes: readonly number[];
  /** Who has not said so. */
  readonly unconfirmedNodes: readonly number[];
}

/** `billing.confirm_at_nodes`: who has heard of a state that its home has committed. @throws DatabaseError */
export async function confirmAtNodes(
  database: Caller,
  accountId: string,
  version: bigint,
  timeoutMs: number,
): Promise<StateConfirmation> {
  const [row] = await database.query<{ confirmed_nodes: number[]; unconfirmed_nodes: number[] }>(
    'confirm_at_nodes',
    'select * from billing.confirm_at_nodes($1, $2, $3)',
    [accountId, version, timeoutMs],
  );
  if (row === undefined) throw new TypeError('billing.confirm_at_nodes returned no row');
  return { confirmedNodes: row.confirmed_nodes, unconfirmedNodes: row.unconfirmed_nodes };
}
