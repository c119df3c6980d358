import {
  describeServiceNameViolation,
  describeUnitViolation,
  isServiceId,
  isTime,
  SERVICE_ID_RULE,
  TIME_RULE,
  type CreateServiceRequest,
} from '@billing/contracts';
import { isPrice, PRICE_RULE } from '@billing/money';
import { checkBody, currencyViolation, optional, type FieldCheck } from '../http/body-checks.js';
import {
  bodySchema,
  currencySchema,
  mayLack,
  priceSchema,
  serviceIdSchema,
  serviceNameSchema,
  timeSchema,
  unitSchema,
} from '../http/field-schemas.js';
import { Fits } from '../http/validation.js';

export class ServicePath {
  @Fits(isServiceId, SERVICE_ID_RULE, serviceIdSchema)
  id!: string;
}

const priceCheck: FieldCheck = [
  'price',
  (value) => (isPrice(value) ? undefined : PRICE_RULE),
  priceSchema,
];

const creationChecks: readonly FieldCheck[] = [
  ['name', describeServiceNameViolation, serviceNameSchema],
  priceCheck,
  ['currency', currencyViolation, currencySchema],
  ['unit', optional(describeUnitViolation), mayLack(unitSchema)],
];

const pricingChecks: readonly FieldCheck[] = [
  priceCheck,
  ['validFrom', optional((value) => (isTime(value) ? undefined : TIME_RULE)), mayLack(timeSchema)],
];

export const creationBody = bodySchema('ServiceOrder', creationChecks);
export const pricingBody = bodySchema('ServicePricing', pricingChecks);

export const retirementBody = bodySchema('ServiceRetirement', []);

/** Its body, if there is one, has no fields. @throws HttpProblem that names every violation */
export function readRetirement(given: unknown): void {
  checkBody(given ?? {}, []);
}

/** @throws HttpProblem that names every violation */
export function readCreation(given: unknown): CreateServiceRequest {
  const { name, price, currency, unit } = checkBody(given, creationChecks);
  return {
    name: name as string,
    price: price as string,
    currency: currency as string,
    unit: (unit as string | null | undefined) ?? '',
  };
}

/** @throws HttpProblem that names every violation */
export function readPricing(given: unknown): {
  readonly price: string;
  readonly validFrom: string;
} {
  const { price, validFrom } = checkBody(given, pricingChecks);
  return { price: price as string, validFrom: (validFrom as string | null | undefined) ?? '' };
}
