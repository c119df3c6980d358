import type {
  DeleteAccountResponse,
  ListServicesResponse,
  OpenAccountRequest,
  OpenAccountResponse,
} from '@billing/contracts';
import { deleteAccount, listServices, openAccount, type Database } from '@billing/database';
import { formatAmount } from '@billing/money';
import { readAccountId, readOpening } from './account.requests.js';
import { BillingError } from './billing.errors.js';

export interface AccountDeskOptions {
  readonly database: Database;
  /** How long another node has for its answer. */
  readonly peerTimeoutMs: number;
  /** Shares of a new account wait to be sent. */
  readonly onSharesPlanned: () => void;
}

/** Accounts and catalogue: one SQL call each, and what its answer means to the caller. */
export class AccountDesk {
  constructor(private readonly options: AccountDeskOptions) {}

  /** @throws BillingError, DatabaseError */
  async open(clientId: string, request: OpenAccountRequest): Promise<OpenAccountResponse> {
    const opening = readOpening(request);
    const { status, accountId } = await openAccount(this.options.database, {
      clientId,
      ...opening,
    });
    if (status === 'idempotency_conflict') {
      throw new BillingError(
        'IDEMPOTENCY_CONFLICT',
        'the idempotency key came before with other content',
      );
    }
    if (accountId === undefined) {
      // The request was checked with the same rules before: code and SQL disagree.
      throw new TypeError(`billing.open_account said ${status} of a request that was checked`);
    }
    if (status === 'opened' && opening.initialMinor > 0n) this.options.onSharesPlanned();
    return { accountId: accountId.toString(), replayed: status === 'replayed' };
  }

  /** @throws BillingError, DatabaseError */
  async delete(accountId: string, remainingMs: number): Promise<DeleteAccountResponse> {
    const id = readAccountId(accountId);
    const timeoutMs = Math.min(this.options.peerTimeoutMs, remainingMs);
    const { status, homeNodeId } = await deleteAccount(this.options.database, id, timeoutMs);
    switch (status) {
      case 'deleted':
      case 'already_deleted':
        return { alreadyDeleted: status === 'already_deleted' };
      case 'not_found':
        throw new BillingError('ACCOUNT_NOT_FOUND', `account ${id} is not known`, {
          account_id: id,
        });
      case 'home_unreachable':
        throw new BillingError(
          'NODE_UNREACHABLE',
          `account ${id} belongs to node ${homeNodeId}, which does not answer`,
          { node_id: String(homeNodeId) },
        );
    }
  }

  /** @throws DatabaseError */
  async listServices(): Promise<ListServicesResponse> {
    const services = await listServices(this.options.database);
    return {
      services: services.map(({ id, name, priceMinor, currency }) => ({
        id: String(id),
        name,
        price: formatAmount(priceMinor, currency),
        currency,
      })),
    };
  }
}
