import { characterCount, isStorableText } from '@billing/contracts';
import { IsOptional } from 'class-validator';
import { Type } from 'typebox';
import { WITHOUT_NUL } from '../http/field-schemas.js';
import { PageQuery } from '../http/page.js';
import { UtcTime } from '../http/time-parameter.js';
import { Fits } from '../http/validation.js';

const NAME_LENGTH_MAX = 300;
const NAME_RULE = `must have 1 to ${NAME_LENGTH_MAX} characters`;

const isName = (value: unknown): boolean =>
  typeof value === 'string' &&
  value !== '' &&
  isStorableText(value) &&
  characterCount(value) <= NAME_LENGTH_MAX;

const nameSchema = Type.String({
  minLength: 1,
  maxLength: NAME_LENGTH_MAX,
  pattern: WITHOUT_NUL,
});

export class ActsQuery extends PageQuery {
  @IsOptional()
  @UtcTime()
  since?: string;

  @IsOptional()
  @UtcTime()
  until?: string;

  @IsOptional()
  @Fits(isName, NAME_RULE, nameSchema)
  client?: string;

  @IsOptional()
  @Fits(isName, NAME_RULE, nameSchema)
  objectId?: string;
}
