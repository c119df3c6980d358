import { isAccountId, isUuid } from '@billing/contracts';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { Fits } from '../http/validation.js';

const PAGE_MAX = 200;

export const letterStatuses = ['open', 'replayed', 'corrected', 'discarded', 'all'] as const;

export const letterReasons = [
  'invalid_json',
  'invalid_message',
  'unknown_currency',
  'currency_mismatch',
  'account_deleted',
  'account_not_found',
  'command_conflict',
  'balance_limit',
  'command_discarded',
] as const;

export class PageQuery {
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value,
  )
  @Fits(
    (value) => Number.isInteger(value) && (value as number) >= 1 && (value as number) <= PAGE_MAX,
    `must be a whole number from 1 to ${PAGE_MAX}`,
  )
  limit: number = 50;

  @IsOptional()
  @Matches(/^[\w-]{1,600}$/, { message: 'must be a cursor as it was given' })
  cursor?: string;
}

export class DeadLettersQuery extends PageQuery {
  @IsIn(letterStatuses, { message: `must be one of ${letterStatuses.join(', ')}` })
  status: (typeof letterStatuses)[number] = 'open';

  @IsOptional()
  @IsIn(letterReasons, { message: `must be one of ${letterReasons.join(', ')}` })
  reason?: string;

  @IsOptional()
  @Fits(isAccountId, 'must be a decimal string from 1 to 2^63-1')
  accountId?: string;

  @IsOptional()
  @Fits(isUuid, 'must be a UUID')
  commandId?: string;
}
