import { isStorableText } from '@billing/contracts';
import { IsOptional } from 'class-validator';
import { beginsWithTime, PageQuery } from '../http/page.js';
import { Fits } from '../http/validation.js';

const TIME_RULE = 'must be a time in UTC, like 2026-01-01T12:00:00Z';
const NAME_RULE = 'must have 1 to 300 characters';

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;

const isTime = (value: unknown): boolean =>
  typeof value === 'string' && timePattern.test(value) && beginsWithTime(value.replace('T', ' '));

const isName = (value: unknown): boolean =>
  typeof value === 'string' && value.length >= 1 && value.length <= 300 && isStorableText(value);

export class ActsQuery extends PageQuery {
  @IsOptional()
  @Fits(isTime, TIME_RULE)
  since?: string;

  @IsOptional()
  @Fits(isTime, TIME_RULE)
  until?: string;

  @IsOptional()
  @Fits(isName, NAME_RULE)
  client?: string;

  @IsOptional()
  @Fits(isName, NAME_RULE)
  objectId?: string;
}
