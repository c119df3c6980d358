import type {
  AccountStateResponse,
  FreezeAccountRequest,
  ThawAccountRequest,
} from '@billing/contracts';
import { changeAccount, confirmAtNodes, DatabaseError, type Database } from '@billing/database';
import { BillingError } from '../grpc/billing.errors.js';
import type { Actor } from '../grpc/client-access.js';
import { accountDeleted, unknownAccount } from './account-answers.js';
import { readStateChange, type AccountStateOrder } from './account-state.request.js';

export interface AccountStateDeskOptions {
  readonly database: Database;
  /** How long another node has for its answer. */
  readonly peerTimeoutMs: number;
}

/** States of accounts: the home's word, who has heard it, and what that means to the caller (docs/accounts.md). */
export class AccountStateDesk {
  constructor(private readonly options: AccountStateDeskOptions) {}

  /** @throws BillingError, DatabaseError */
  freeze(
    client: Actor,
    request: FreezeAccountRequest,
    callMs: number,
  ): Promise<AccountStateResponse> {
    return this.change(client, readStateChange('freeze', request), callMs);
  }

  /** @throws BillingError, DatabaseError */
  thaw(client: Actor, request: ThawAccountRequest, callMs: number): Promise<AccountStateResponse> {
    return this.change(client, readStateChange('thaw', request), callMs);
  }

  private async change(
    client: Actor,
    order: AccountStateOrder,
    callMs: number,
  ): Promise<AccountStateResponse> {
    const { database, peerTimeoutMs } = this.options;
    const { accountId } = order;
    // Two answers are waited for, one after the other: the home's, then that of every node; this one's own besides.
    const timeoutMs = Math.max(1, Math.min(peerTimeoutMs, Math.floor(callMs / 3)));
    const outcome = await changeAccount(database, {
      ...order,
      clientId: client.id,
      tenants: client.tenants,
      address: client.address,
      timeoutMs,
    });
    switch (outcome.status) {
      case 'changed':
      case 'unchanged':
      case 'replayed': {
        const { version } = outcome.state;
        const heard = await confirmAtNodes(database, accountId, version, timeoutMs).catch(
          (cause: unknown) => {
            throw cause instanceof DatabaseError && cause.retryable
              ? confirmationsUnknown(accountId, cause)
              : cause;
          },
        );
        return {
          debitsFrozen: outcome.state.debitsFrozen,
          creditsFrozen: outcome.state.creditsFrozen,
          confirmedNodes: [...heard.confirmedNodes],
          unconfirmedNodes: [...heard.unconfirmedNodes],
          unchanged: outcome.status === 'unchanged',
          replayed: outcome.status === 'replayed',
          position: outcome.position ?? '',
        };
      }
      case 'not_found':
        throw await unknownAccount(database, accountId);
      case 'idempotency_conflict':
        throw new BillingError(
          'IDEMPOTENCY_CONFLICT',
          'this idempotency key came before with another request',
        );
      case 'account_deleted':
        throw accountDeleted(accountId);
      case 'unreachable':
      case 'unknown': {
        const home = String(BigInt(accountId) % 64n);
        const isUnknown = outcome.status === 'unknown';
        throw new BillingError(
          isUnknown ? 'OUTCOME_UNKNOWN' : 'NODE_UNREACHABLE',
          isUnknown
            ? `the home of account ${accountId}, node ${home}, did not answer: the same key tells what became of it`
            : `the home of account ${accountId}, node ${home}, cannot be reached: nothing was changed`,
          { node_id: home },
        );
      }
    }
  }
}

/** The state stands. */
function confirmationsUnknown(accountId: string, cause: DatabaseError): BillingError {
  return new BillingError(
    'OUTCOME_UNKNOWN',
    `the state of account ${accountId} stands; who obeys it is not known: the same key asks again`,
    { node_id: String(BigInt(accountId) % 64n) },
    { cause },
  );
}
