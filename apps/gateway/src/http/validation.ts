import { ValidateBy } from 'class-validator';
import type { TSchema } from 'typebox';
import { accountIdViolation } from './body-checks.js';
import { accountIdSchema } from './field-schemas.js';

/**
 * A check of a parameter that has a message of its own; undefined from `describe`: nothing is wrong.
 * @param schema the same, for the document
 */
export function Check(
  describe: (value: unknown) => string | undefined,
  schema: TSchema,
): PropertyDecorator {
  const validator = {
    validate: (value: unknown) => describe(value) === undefined,
    defaultMessage: (args?: { value: unknown }) => describe(args?.value) ?? '',
  };
  return ValidateBy({ name: 'check', validator }, { context: schema });
}

/** A check that the whole product shares, rather than one of class-validator that is nearly the same. */
export function Fits(
  fits: (value: unknown) => boolean,
  message: string,
  schema: TSchema,
): PropertyDecorator {
  return Check((value) => (fits(value) ? undefined : message), schema);
}

export function AccountId(): PropertyDecorator {
  return Check(accountIdViolation, accountIdSchema);
}
