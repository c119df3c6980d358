import {
  characterCount,
  DEFAULT_CURRENCY,
  isStorableText,
  USERNAME_LENGTH_MAX,
} from '@billing/contracts';
import { parseAmount } from '@billing/money';
import {
  amountFault,
  checkBody,
  currencyFault,
  optional,
  type Body,
  type FieldCheck,
} from '../http/body.checks.js';

export interface Opening {
  readonly username: string;
  readonly currency: string;
  readonly initialBalance: string | undefined;
}

const checks: readonly FieldCheck[] = [
  ['username', usernameFault],
  // Left out, not null: null is not a currency.
  ['currency', (value) => (value === undefined ? undefined : currencyFault(value))],
  ['initialBalance', optional(initialBalanceFault)],
];

/** An account as a client wants it opened. @throws HttpProblem that names every field at fault */
export function readOpening(given: unknown): Opening {
  const { username, currency, initialBalance } = checkBody(given, checks);
  return {
    username: username as string,
    currency: (currency as string | undefined) ?? DEFAULT_CURRENCY,
    initialBalance: (initialBalance as string | null | undefined) ?? undefined,
  };
}

export function usernameFault(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value.trim() === '') return 'must not be blank';
  if (!isStorableText(value)) return 'must be text without NUL and unpaired surrogates';
  if (characterCount(value) > USERNAME_LENGTH_MAX) {
    return `must have at most ${USERNAME_LENGTH_MAX} characters`;
  }
  return undefined;
}

const zeroPattern = /^0(\.0*)?$/;

function initialBalanceFault(value: unknown, body: Body): string | undefined {
  const { currency = DEFAULT_CURRENCY } = body;
  const isZero =
    typeof value === 'string' &&
    typeof currency === 'string' &&
    parseAmount(value, currency) === 'not_positive' &&
    zeroPattern.test(value);
  // Zero opens without money.
  return isZero ? undefined : amountFault(value, { currency });
}
