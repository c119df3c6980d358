import { createHash } from 'node:crypto';
import {
  describeNoteViolation,
  isIdempotencyKey,
  type FreezeAccountRequest,
  type ThawAccountRequest,
} from '@billing/contracts';
import type { AccountChange } from '@billing/database';
import { invalidRequest } from '../grpc/billing.errors.js';
import { readAccountId } from './account.request.js';

type Act = AccountChange['act'];
export type AccountStateOrder = Pick<
  AccountChange,
  'accountId' | 'act' | 'change' | 'idempotencyKey' | 'fingerprint'
>;

/** @throws BillingError INVALID_REQUEST that names the field */
export function readStateChange(
  act: Act,
  request: FreezeAccountRequest | ThawAccountRequest,
): AccountStateOrder {
  const { debits, credits, reason, idempotencyKey } = request;
  const accountId = readAccountId(request.accountId);
  if (!isIdempotencyKey(idempotencyKey)) {
    throw invalidRequest('idempotency_key', 'must have 1 to 255 printable ASCII characters');
  }
  if (!debits && !credits) throw invalidRequest('debits', 'or credits must be true');
  const violation = describeNoteViolation(reason, false);
  if (violation !== undefined) throw invalidRequest('reason', violation);
  const meaning = JSON.stringify([`${act}_account`, accountId, debits, credits, reason]);
  return {
    accountId,
    act,
    change: { debits, credits, ...(reason !== '' && { reason }) },
    idempotencyKey,
    fingerprint: createHash('sha256').update(meaning).digest(),
  };
}
