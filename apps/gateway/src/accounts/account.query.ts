import { describeNoteViolation, isTime, TIME_RULE } from '@billing/contracts';
import { IsOptional } from 'class-validator';
import { Type } from 'typebox';
import { currencyViolation } from '../http/body-checks.js';
import { currencySchema, noteSchema, timeSchema, usernameSchema } from '../http/field-schemas.js';
import { PageQuery } from '../http/page.js';
import { AccountId, Check, Fits } from '../http/validation.js';
import { usernameViolation } from './account.request.js';

export class DeleteAccountQuery {
  @IsOptional()
  @Check(
    (value) => (value === 'true' || value === 'false' ? undefined : 'must be true or false'),
    Type.Boolean({ default: false }),
  )
  force?: string;

  @IsOptional()
  @Check((value) => describeNoteViolation(value, false), noteSchema)
  reason?: string;
}

export class AccountPath {
  @AccountId()
  id!: string;
}

const states = ['open', 'frozen', 'deleted'] as const;

export class FindAccountsQuery extends PageQuery {
  @IsOptional()
  @Check(usernameViolation, usernameSchema)
  username?: string;

  @IsOptional()
  @Check(usernameViolation, usernameSchema)
  prefix?: string;

  @IsOptional()
  @Fits(
    (value) => (states as readonly unknown[]).includes(value),
    `must be one of ${states.join(', ')}`,
    Type.Enum([...states]),
  )
  state?: string;

  @IsOptional()
  @Fits(isTime, TIME_RULE, timeSchema)
  createdFrom?: string;

  @IsOptional()
  @Fits(isTime, TIME_RULE, timeSchema)
  createdTo?: string;

  @IsOptional()
  @Check(currencyViolation, currencySchema)
  currency?: string;
}
