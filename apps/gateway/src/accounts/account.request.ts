import {
  characterCount,
  DEFAULT_CURRENCY,
  describeNoteViolation,
  isStorableText,
  USERNAME_LENGTH_MAX,
} from '@billing/contracts';
import { describeAmountViolation, parseAmount, parseSignedAmount } from '@billing/money';
import { Type } from 'typebox';
import {
  amountViolation,
  checkBody,
  currencyViolation,
  optional,
  type Body,
  type FieldCheck,
} from '../http/body-checks.js';
import {
  amountSchema,
  bodySchema,
  currencySchema,
  mayLack,
  reasonSchema,
  signedAmountSchema,
  usernameSchema,
} from '../http/field-schemas.js';
import { HttpProblem } from '../http/http-problem.js';

export interface Opening {
  readonly username: string;
  readonly currency: string;
  readonly initialBalance: string | undefined;
}

const openingChecks: readonly FieldCheck[] = [
  ['username', usernameViolation, usernameSchema],
  // Left out, not null: null is not a currency.
  [
    'currency',
    (value) => (value === undefined ? undefined : currencyViolation(value)),
    Type.Optional(currencySchema),
  ],
  ['initialBalance', optional(initialBalanceViolation), mayLack(amountSchema)],
];

export const openingBody = bodySchema('AccountOpening', openingChecks);

/** An account as a client wants it opened. @throws HttpProblem that names every violation */
export function readOpening(given: unknown): Opening {
  const { username, currency, initialBalance } = checkBody(given, openingChecks);
  return {
    username: username as string,
    currency: (currency as string | undefined) ?? DEFAULT_CURRENCY,
    initialBalance: (initialBalance as string | null | undefined) ?? undefined,
  };
}

export interface Deletion {
  readonly force: boolean;
  /** Empty: none. */
  readonly reason: string;
}

/** @throws HttpProblem when it is forced and does not say why */
export function readDeletion({
  force,
  reason = '',
}: {
  force?: string;
  reason?: string;
}): Deletion {
  const violation = describeNoteViolation(reason, force === 'true');
  if (violation !== undefined) throw HttpProblem.ofField('reason', violation);
  return { force: force === 'true', reason };
}

/** Adds to this datacenter's part of an account, or takes from it. */
export interface Correction {
  readonly amount: string;
  readonly currency: string;
  readonly reason: string;
}

const correctionChecks: readonly FieldCheck[] = [
  ['amount', correctionViolation, signedAmountSchema],
  ['currency', currencyViolation, currencySchema],
  ['reason', (value) => describeNoteViolation(value, true), reasonSchema],
];

export const correctionBody = bodySchema('BalanceCorrection', correctionChecks);

/** @throws HttpProblem that names every violation */
export function readCorrection(given: unknown): Correction {
  const { amount, currency, reason } = checkBody(given, correctionChecks);
  return { amount: amount as string, currency: currency as string, reason: reason as string };
}

function correctionViolation(value: unknown, { currency }: Body): string | undefined {
  if (typeof value !== 'string') return 'must be a decimal string such as "-12.50"';
  // Without a currency nobody knows how many decimals are right: that is a violation of its own field.
  if (typeof currency !== 'string') return undefined;
  const minor = parseSignedAmount(value, currency);
  if (typeof minor === 'bigint' || minor === 'unknown_currency') return undefined;
  return minor === 'not_positive' ? 'must not be zero' : describeAmountViolation(minor, currency);
}

export function usernameViolation(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value.trim() === '') return 'must not be blank';
  if (!isStorableText(value)) return 'must be text without NUL and unpaired surrogates';
  if (characterCount(value) > USERNAME_LENGTH_MAX) {
    return `must have at most ${USERNAME_LENGTH_MAX} characters`;
  }
  return undefined;
}

const zeroPattern = /^0(\.0*)?$/;

function initialBalanceViolation(value: unknown, body: Body): string | undefined {
  const { currency = DEFAULT_CURRENCY } = body;
  const isZero =
    typeof value === 'string' &&
    typeof currency === 'string' &&
    parseAmount(value, currency) === 'not_positive' &&
    zeroPattern.test(value);
  // Zero opens without money.
  return isZero ? undefined : amountViolation(value, { currency });
}
