import { describeNoteViolation } from '@billing/contracts';
import { IsOptional } from 'class-validator';
import { Type } from 'typebox';
import { noteSchema, usernameSchema } from '../http/field-schemas.js';
import { PageQuery } from '../http/page.js';
import { AccountId, Check } from '../http/validation.js';
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

export class FindAccountsQuery extends PageQuery {
  @Check(usernameViolation, usernameSchema)
  username!: string;
}
