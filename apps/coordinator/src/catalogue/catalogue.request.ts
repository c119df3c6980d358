import {
  describeServiceNameViolation,
  describeUnitViolation,
  isServiceId,
  isTime,
  SERVICE_ID_RULE,
  TIME_RULE,
  type CreateServiceRequest,
  type RepriceServiceRequest,
} from '@billing/contracts';
import { describeAmountViolation, exponentOf, isPrice, PRICE_RULE } from '@billing/money';
import { invalidRequest } from '../grpc/billing.errors.js';

type Change = Readonly<Record<string, string | undefined>>;

/** As `billing.change_catalogue` takes it. @throws BillingError INVALID_REQUEST that names the field */
export function readCreation({ name, price, currency, unit }: CreateServiceRequest): Change {
  const nameViolation = describeServiceNameViolation(name);
  if (nameViolation !== undefined) throw invalidRequest('name', nameViolation);
  if (exponentOf(currency) === undefined) {
    throw invalidRequest('currency', describeAmountViolation('unknown_currency', currency));
  }
  const unitViolation = unit === '' ? undefined : describeUnitViolation(unit);
  if (unitViolation !== undefined) throw invalidRequest('unit', unitViolation);
  return { name, price: readPrice(price), currency, unit: unit === '' ? undefined : unit };
}

/** The same. @throws BillingError INVALID_REQUEST */
export function readRepricing({ serviceId, price, validFrom }: RepriceServiceRequest): Change {
  if (validFrom !== '' && !isTime(validFrom)) throw invalidRequest('valid_from', TIME_RULE);
  return {
    service_id: readServiceId(serviceId),
    price: readPrice(price),
    valid_from: validFrom === '' ? undefined : validFrom,
  };
}

/** @throws BillingError INVALID_REQUEST */
export function readServiceId(serviceId: string): string {
  if (isServiceId(serviceId)) return serviceId;
  throw invalidRequest('service_id', SERVICE_ID_RULE);
}

function readPrice(price: string): string {
  if (isPrice(price)) return price;
  throw invalidRequest('price', PRICE_RULE);
}
