import { Type } from 'typebox';
import { beginsWithTime } from './page.js';
import { Fits } from './validation.js';

const timePattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/;
const utcSchema = Type.String({ pattern: timePattern.source.replaceAll('\\d', '[0-9]') });

const isTime = (value: unknown): boolean =>
  typeof value === 'string' && timePattern.test(value) && beginsWithTime(value.replace('T', ' '));

/** A parameter that is a time in UTC, to the microsecond. */
export function UtcTime(): PropertyDecorator {
  return Fits(isTime, 'must be a time in UTC, like 2026-01-01T12:00:00Z', utcSchema);
}
