import { ValidateBy } from 'class-validator';
import { accountIdViolation } from './body-checks.js';

/** A check of a parameter that has a message of its own; undefined from `describe`: nothing is wrong. */
export function Check(describe: (value: unknown) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'check',
    validator: {
      validate: (value) => describe(value) === undefined,
      defaultMessage: (args) => describe(args?.value) ?? '',
    },
  });
}

/** A check that the whole product shares, rather than one of class-validator that is nearly the same. */
export function Fits(fits: (value: unknown) => boolean, message: string): PropertyDecorator {
  return Check((value) => (fits(value) ? undefined : message));
}

export function AccountId(): PropertyDecorator {
  return Check(accountIdViolation);
}
