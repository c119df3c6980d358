import { ValidateBy } from 'class-validator';
import { accountIdFault } from './body-checks.js';

/** A check of a parameter that has a message of its own; undefined from `fault`: nothing is wrong. */
export function Check(fault: (value: unknown) => string | undefined): PropertyDecorator {
  return ValidateBy({
    name: 'check',
    validator: {
      validate: (value) => fault(value) === undefined,
      defaultMessage: (args) => fault(args?.value) ?? '',
    },
  });
}

/** A check that the whole product shares, rather than one of class-validator that is nearly the same. */
export function Fits(fits: (value: unknown) => boolean, message: string): PropertyDecorator {
  return Check((value) => (fits(value) ? undefined : message));
}

export function AccountId(): PropertyDecorator {
  return Check(accountIdFault);
}
