import { characterCount, isStorableText } from '@billing/contracts';
import { IsOptional } from 'class-validator';
import { Type } from 'typebox';
import { WITHOUT_NUL } from '../http/field-schemas.js';
import { beginsWithTime, PageQuery } from '../http/page.js';
import { Fits } from '../http/validation.js';

const TIME_RULE = 'must be a time in UTC, like 2026-01-01T12:00:00Z';
const NAME_LENGTH_MAX = 300;
const NAME_RULE = `must have 1 to ${NAME_LENGTH_MAX} characters`;

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;

const isTime = (value: unknown): boolean =>
  typeof value === 'string' && timePattern.test(value) && beginsWithTime(value.replace('T', ' '));

const isName = (value: unknown): boolean =>
  typeof value === 'string' &&
  value !== '' &&
  isStorableText(value) &&
  characterCount(value) <= NAME_LENGTH_MAX;

const utcSchema = Type.String({ pattern: timePattern.source.replaceAll('\\d', '[0-9]') });
const nameSchema = Type.String({
  minLength: 1,
  maxLength: NAME_LENGTH_MAX,
  pattern: WITHOUT_NUL,
});

export class ActsQuery extends PageQuery {
  @IsOptional()
  @Fits(isTime, TIME_RULE, utcSchema)
  since?: string;

  @IsOptional()
  @Fits(isTime, TIME_RULE, utcSchema)
  until?: string;

  @IsOptional()
  @Fits(isName, NAME_RULE, nameSchema)
  client?: string;

  @IsOptional()
  @Fits(isName, NAME_RULE, nameSchema)
  objectId?: string;
}
