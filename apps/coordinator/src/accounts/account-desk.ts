import type { Client } from '@billing/auth';
import {
  type CorrectBalanceRequest,
  type CorrectBalanceResponse,
  type DeleteAccountRequest,
  type DeleteAccountResponse,
  type OpenAccountRequest,
  type OpenAccountResponse,
} from '@billing/contracts';
import {
  correctBalance,
  deleteAccount,
  openAccount,
  type BalanceCorrection,
  type CorrectionStatus,
  type Database,
} from '@billing/database';
import { formatAmount } from '@billing/money';
import { unknownAccount } from './account-answers.js';
import { readCorrection, readDeletion, readOpening, type Correction } from './account.request.js';
import { BillingError } from '../grpc/billing.errors.js';
import { tenantOf, type Actor } from '../grpc/client-access.js';

export interface AccountDeskOptions {
  readonly database: Database;
  /** How long another node has for its answer. */
  readonly peerTimeoutMs: number;
  /** Shares of a new account wait to be sent. */
  readonly onSharesPlanned: () => void;
}

/** Accounts: one SQL call each, and what its answer means to the caller. */
export class AccountDesk {
  constructor(private readonly options: AccountDeskOptions) {}

  /** @throws BillingError, DatabaseError */
  async open(client: Client, request: OpenAccountRequest): Promise<OpenAccountResponse> {
    const opening = readOpening(request);
    const { status, accountId, position } = await openAccount(this.options.database, {
      tenant: tenantOf(client),
      clientId: client.id,
      ...opening,
    });
    if (status === 'idempotency_conflict') {
      throw new BillingError(
        'IDEMPOTENCY_CONFLICT',
        'this idempotency key came before with another request',
      );
    }
    if (accountId === undefined) {
      // The request was checked with the same rules before: code and SQL disagree.
      throw new TypeError(`billing.open_account said ${status} of a request that was checked`);
    }
    if (status === 'opened' && opening.initialMinor > 0n) this.options.onSharesPlanned();
    return {
      accountId: accountId.toString(),
      replayed: status === 'replayed',
      position: position ?? '',
    };
  }

  /** @throws BillingError, DatabaseError */
  async delete(
    client: Actor,
    request: DeleteAccountRequest,
    remainingMs: number,
  ): Promise<DeleteAccountResponse> {
    const { database, peerTimeoutMs } = this.options;
    const deletion = readDeletion(request);
    const { accountId: id } = deletion;
    // Two answers are waited for, one after the other: all parts, then the home.
    const timeoutMs = Math.min(peerTimeoutMs, Math.floor(remainingMs / 2));
    const outcome = await deleteAccount(database, {
      ...deletion,
      clientId: client.id,
      tenants: client.tenants,
      address: client.address,
      timeoutMs,
    });
    switch (outcome.status) {
      case 'deleted':
      case 'already_deleted':
        return {
          alreadyDeleted: outcome.status === 'already_deleted',
          position: outcome.position ?? '',
        };
      case 'not_found':
        throw await unknownAccount(database, id);
      case 'not_empty': {
        const { currency, leftMinor } = outcome;
        // Money of an account whose row has not arrived here has no currency yet.
        const left = currency === undefined ? undefined : formatAmount(leftMinor, currency);
        throw new BillingError(
          'ACCOUNT_NOT_EMPTY',
          `account ${id} has ${left === undefined ? 'money' : `${left} ${currency}`} left: pay it out first, or force it`,
          { account_id: id, ...(left !== undefined && { left }) },
        );
      }
      case 'parts_unseen': {
        const nodes = outcome.unseenNodes.join(',');
        throw new BillingError(
          'NODE_UNREACHABLE',
          `node(s) ${nodes} did not say what they have of account ${id}; nothing was deleted`,
          { unreachable_nodes: nodes },
        );
      }
      case 'home_unreachable':
        throw new BillingError(
          'NODE_UNREACHABLE',
          `account ${id} belongs to node ${outcome.homeNodeId}, which does not answer`,
          { node_id: String(outcome.homeNodeId) },
        );
    }
  }

  /** @throws BillingError, DatabaseError */
  async correct(client: Actor, request: CorrectBalanceRequest): Promise<CorrectBalanceResponse> {
    const { database } = this.options;
    const correction = readCorrection(request);
    const outcome = await correctBalance(database, {
      clientId: client.id,
      tenants: client.tenants,
      address: client.address,
      ...correction,
    });
    const { status, correctionId, balanceMinor } = outcome;
    if (status === 'account_not_found') throw await unknownAccount(database, correction.accountId);
    if (correctionId === undefined || status === 'idempotency_conflict') {
      throw refuseCorrection(correction, status, outcome);
    }
    return {
      correctionId,
      balance: formatAmount(balanceMinor ?? 0n, correction.currency),
      replayed: status === 'replayed',
      position: outcome.position ?? '',
    };
  }
}

function refuseCorrection(
  { accountId, amount, currency }: Correction,
  status: Exclude<CorrectionStatus, 'account_not_found'>,
  { balanceMinor, currency: accountCurrency }: BalanceCorrection,
): Error {
  const account = { account_id: accountId };
  switch (status) {
    case 'idempotency_conflict':
      return new BillingError(
        'IDEMPOTENCY_CONFLICT',
        'this idempotency key came before with another request',
      );
    case 'account_deleted':
      return new BillingError(
        'ACCOUNT_DELETED',
        `account ${accountId} is deleted: money can only be taken out of it`,
        account,
      );
    case 'currency_mismatch':
      return new BillingError(
        'CURRENCY_MISMATCH',
        `account ${accountId} is in ${accountCurrency}, not in ${currency}`,
        { ...account, account_currency: accountCurrency ?? '' },
      );
    case 'insufficient_local_funds': {
      const available = formatAmount(balanceMinor ?? 0n, currency);
      return new BillingError(
        'INSUFFICIENT_LOCAL_FUNDS',
        `this datacenter has ${available} ${currency} of account ${accountId}, too little for ${amount}`,
        { available },
      );
    }
    case 'balance_limit':
      return new BillingError(
        'BALANCE_LIMIT',
        `the balance of account ${accountId} would exceed what can be kept`,
        account,
      );
    case 'corrected':
    case 'replayed':
      return new TypeError(`billing.correct_balance said ${status} without an id`);
  }
}
