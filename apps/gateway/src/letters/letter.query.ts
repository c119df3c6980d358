import { isUuid } from '@billing/contracts';
import { IsIn, IsOptional } from 'class-validator';
import { PageQuery } from '../http/page.js';
import { uuidSchema } from '../http/field-schemas.js';
import { AccountId, Fits } from '../http/validation.js';

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

export class DeadLettersQuery extends PageQuery {
  @IsIn(letterStatuses, { message: `must be one of ${letterStatuses.join(', ')}` })
  status: (typeof letterStatuses)[number] = 'open';

  @IsOptional()
  @IsIn(letterReasons, { message: `must be one of ${letterReasons.join(', ')}` })
  reason?: string;

  @IsOptional()
  @AccountId()
  accountId?: string;

  @IsOptional()
  @Fits(isUuid, 'must be a UUID', uuidSchema)
  commandId?: string;
}
