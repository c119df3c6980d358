import { createHash } from 'node:crypto';
import {
  ACCOUNT_ID_RULE,
  characterCount,
  DEFAULT_CURRENCY,
  describeNoteViolation,
  isAccountId,
  isIdempotencyKey,
  isStorableText,
  METADATA_BYTES_MAX,
  parseDigits,
  RepeatedMemberError,
  USERNAME_LENGTH_MAX,
  type CorrectBalanceRequest,
  type DeleteAccountRequest,
  type OpenAccountRequest,
} from '@billing/contracts';
import {
  describeAmountViolation,
  exponentOf,
  parseAmount,
  parseSignedAmount,
} from '@billing/money';
import { invalidRequest } from '../grpc/billing.errors.js';

export interface Opening {
  readonly username: string;
  readonly currency: string;
  readonly initialMinor: bigint;
  readonly idempotencyKey: string;
  /** sha256 of what is asked for, however it was written. */
  readonly fingerprint: Buffer;
}

/** @throws BillingError INVALID_REQUEST that names the field */
export function readOpening(request: OpenAccountRequest): Opening {
  const { username, idempotencyKey } = request;
  const currency = request.currency === '' ? DEFAULT_CURRENCY : request.currency;
  if (!isIdempotencyKey(idempotencyKey)) {
    throw invalidRequest('idempotency_key', 'must have 1 to 255 printable ASCII characters');
  }
  if (username.trim() === '' || !isStorableText(username)) {
    throw invalidRequest('username', 'must be text that is not blank');
  }
  if (characterCount(username) > USERNAME_LENGTH_MAX) {
    throw invalidRequest('username', `must have at most ${USERNAME_LENGTH_MAX} characters`);
  }
  if (exponentOf(currency) === undefined) {
    throw invalidRequest('currency', describeAmountViolation('unknown_currency', currency));
  }
  const initialMinor = readInitialBalance(request.initialBalance, currency);
  const meaning = JSON.stringify(['open_account', username, currency, initialMinor.toString()]);
  const fingerprint = createHash('sha256').update(meaning).digest();
  return { username, currency, initialMinor, idempotencyKey, fingerprint };
}

/** @throws BillingError INVALID_REQUEST */
export function readAccountId(accountId: string): string {
  if (isAccountId(accountId)) return accountId;
  throw invalidRequest('account_id', ACCOUNT_ID_RULE);
}

export interface Deletion {
  readonly accountId: string;
  readonly force: boolean;
  readonly reason: string | undefined;
}

/** @throws BillingError INVALID_REQUEST that names the field */
export function readDeletion({ accountId, force, reason }: DeleteAccountRequest): Deletion {
  const violation = describeNoteViolation(reason, force);
  if (violation !== undefined) throw invalidRequest('reason', violation);
  return { accountId: readAccountId(accountId), force, reason: reason === '' ? undefined : reason };
}

export interface Correction {
  readonly accountId: string;
  readonly amountMinor: bigint;
  /** As it was written. */
  readonly amount: string;
  readonly currency: string;
  readonly reason: string;
  readonly idempotencyKey: string;
  /** sha256 of what is asked for, however it was written. */
  readonly fingerprint: Buffer;
}

/** @throws BillingError INVALID_REQUEST that names the field */
export function readCorrection(request: CorrectBalanceRequest): Correction {
  const { amount, currency, reason, idempotencyKey } = request;
  const accountId = readAccountId(request.accountId);
  if (!isIdempotencyKey(idempotencyKey)) {
    throw invalidRequest('idempotency_key', 'must have 1 to 255 printable ASCII characters');
  }
  const amountMinor = parseSignedAmount(amount, currency);
  if (typeof amountMinor !== 'bigint') {
    const field = amountMinor === 'unknown_currency' ? 'currency' : 'amount';
    const violation =
      amountMinor === 'not_positive'
        ? 'must not be zero'
        : describeAmountViolation(amountMinor, currency);
    throw invalidRequest(field, violation);
  }
  const violation = describeNoteViolation(reason, true);
  if (violation !== undefined) throw invalidRequest('reason', violation);
  const meaning = ['correct_balance', accountId, amountMinor.toString(), currency, reason];
  const fingerprint = createHash('sha256').update(JSON.stringify(meaning)).digest();
  return { accountId, amountMinor, amount, currency, reason, idempotencyKey, fingerprint };
}

/** Undefined: none. @throws BillingError INVALID_REQUEST */
export function readMetadataJson(json: string, field: string): unknown {
  if (json === '') return undefined;
  if (json.length > METADATA_JSON_LENGTH_MAX) {
    throw invalidRequest(field, `must have at most ${METADATA_BYTES_MAX} bytes as JSON`);
  }
  try {
    return parseDigits(json);
  } catch (error) {
    if (error instanceof RangeError) throw invalidRequest(field, 'must not be nested that deeply');
    if (error instanceof RepeatedMemberError) {
      throw invalidRequest(field, `must say ${error.member} once`);
    }
    throw invalidRequest(field, 'must be JSON');
  }
}

/** Of one that is short enough once it is read: each character as an escape of six, or spaces. */
const METADATA_JSON_LENGTH_MAX = 6 * METADATA_BYTES_MAX;

function readInitialBalance(text: string, currency: string): bigint {
  if (text === '') return 0n;
  const minor = parseAmount(text, currency);
  if (typeof minor === 'bigint') return minor;
  // An account may be opened without money; that is the only amount that may be zero.
  if (minor === 'not_positive' && !text.startsWith('-')) return 0n;
  const violation =
    minor === 'not_positive' ? 'must not be below zero' : describeAmountViolation(minor, currency);
  throw invalidRequest('initial_balance', violation);
}
