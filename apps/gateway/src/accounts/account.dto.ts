import {
  describeNoteFault,
  isAccountId,
  isStorableText,
  characterCount,
  USERNAME_LENGTH_MAX,
} from '@billing/contracts';
import { exponentOf, describeAmountFault, parseAmount, parseSignedAmount } from '@billing/money';
import { Transform } from 'class-transformer';
import { IsOptional, ValidateBy, type ValidationArguments } from 'class-validator';

/** A check with a message of its own; undefined from `fault` means that nothing is wrong. */
function Check(fault: (value: unknown, object: object) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'check',
    validator: {
      validate: (value, args) => fault(value, args!.object) === undefined,
      defaultMessage: (args?: ValidationArguments) => fault(args!.value, args!.object) ?? '',
    },
  });
}

function usernameFault(value: unknown): string | undefined {
  if (typeof value !== 'string') return 'must be a string';
  if (value.trim() === '') return 'must not be blank';
  if (!isStorableText(value)) return 'must be text without NUL and unpaired surrogates';
  if (characterCount(value) > USERNAME_LENGTH_MAX) {
    return `must have at most ${USERNAME_LENGTH_MAX} characters`;
  }
  return undefined;
}

function currencyFault(value: unknown): string | undefined {
  const known = typeof value === 'string' && exponentOf(value) !== undefined;
  return known ? undefined : 'must be an ISO 4217 currency code';
}

const zeroPattern = /^0(\.0*)?$/;

function initialBalanceFault(value: unknown, object: object): string | undefined {
  if (typeof value !== 'string') return 'must be a decimal string such as "12.50"';
  const { currency } = object as OpenAccountBody;
  // Zero opens without money. An unknown currency is a fault of its own field.
  const fault = parseAmount(value, currency);
  if (typeof fault === 'bigint' || fault === 'unknown_currency') return undefined;
  if (fault === 'not_positive' && zeroPattern.test(value)) return undefined;
  return describeAmountFault(fault, currency);
}

function AccountId(): PropertyDecorator {
  return Check((value) =>
    isAccountId(value) ? undefined : 'must be a decimal string from 1 to 2^63-1',
  );
}

export class OpenAccountBody {
  @Check(usernameFault)
  username!: string;

  @Check(currencyFault)
  currency: string = 'USD';

  @IsOptional()
  @Check(initialBalanceFault)
  initialBalance?: string;
}

export class DeleteAccountQuery {
  @IsOptional()
  @Check((value) => (value === 'true' || value === 'false' ? undefined : 'must be true or false'))
  force?: string;

  @IsOptional()
  @Check((value, object) =>
    describeNoteFault(value, (object as DeleteAccountQuery).force === 'true'),
  )
  reason?: string;
}

function correctionFault(value: unknown, object: object): string | undefined {
  if (typeof value !== 'string') return 'must be a decimal string such as "-12.50"';
  const { currency } = object as CorrectionBody;
  const minor = parseSignedAmount(value, currency);
  if (typeof minor === 'bigint' || minor === 'unknown_currency') return undefined;
  return minor === 'not_positive' ? 'must not be zero' : describeAmountFault(minor, currency);
}

/** Adds to this datacenter's part of an account, or takes from it. */
export class CorrectionBody {
  @Check(correctionFault)
  amount!: string;

  @Check(currencyFault)
  currency!: string;

  @Check((value) => describeNoteFault(value, true))
  reason!: string;
}

export class AccountPath {
  @AccountId()
  id!: string;
}

const PAGE_MAX = 200;

class Page {
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @Check((value) =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= PAGE_MAX
      ? undefined
      : `must be a whole number from 1 to ${PAGE_MAX}`,
  )
  limit: number = 50;
}

export class FindAccountsQuery extends Page {
  @Check(usernameFault)
  username!: string;

  @IsOptional()
  @AccountId()
  cursor?: string;
}

export class TransactionsQuery extends Page {
  @IsOptional()
  @Check((value) => (typeof value === 'string' ? undefined : 'must be given once'))
  cursor?: string;
}
