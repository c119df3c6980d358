import { describeCopy, findCopyOf, type Database } from '@billing/database';
import { withoutEffect } from '../grpc/billing-error.filter.js';
import { BillingError } from '../grpc/billing.errors.js';

/**
 * What to answer of a call that wrote nothing, as the account is not known here. That is the word of a
 * replica: while it is copied anew, the account may exist.
 * @throws DatabaseError, of no effect
 */
export async function unknownAccount(database: Database, accountId: string): Promise<BillingError> {
  const copy = await withoutEffect(findCopyOf(database, accountId));
  if (copy === undefined) {
    return new BillingError('ACCOUNT_NOT_FOUND', `account ${accountId} is not known`, {
      account_id: accountId,
    });
  }
  return new BillingError(
    'COPY_UNDER_WAY',
    `account ${accountId} may be known soon: ${describeCopy(copy)}`,
    { account_id: accountId, node_id: String(copy.nodeId) },
  );
}

export function accountDeleted(accountId: string): BillingError {
  return new BillingError('ACCOUNT_DELETED', `account ${accountId} is deleted`, {
    account_id: accountId,
  });
}

export function accountFrozen(accountId: string): BillingError {
  return new BillingError('ACCOUNT_FROZEN', `debits of account ${accountId} are frozen`, {
    account_id: accountId,
  });
}
