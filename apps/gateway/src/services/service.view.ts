import type { Service as ServiceMessage } from '@billing/contracts';
import type { Service } from '@billing/database';
import { Type } from 'typebox';
import {
  priceSchema,
  serviceIdSchema,
  shownCurrencySchema,
  timeSchema,
  type View,
} from '../http/field-schemas.js';

const serviceFields = {
  id: serviceIdSchema,
  name: Type.String(),
  price: priceSchema,
  currency: shownCurrencySchema,
  unit: Type.Optional(Type.String({ description: 'What quantities are counted in.' })),
  retiredAt: Type.Optional(timeSchema),
};

const priceView = Type.Object(
  {
    validFrom: Type.Optional(timeSchema),
    price: priceSchema,
  },
  { title: 'ServicePrice', description: 'Without validFrom: from the beginning.' },
);

const serviceView = Type.Object(serviceFields, { title: 'Service' });

export const pricedServiceView = Type.Object(
  {
    ...serviceFields,
    prices: Type.Array(priceView, {
      description: 'All that it had and will have, the latest first.',
    }),
  },
  { title: 'PricedService' },
);

export const serviceListView = Type.Object(
  { services: Type.Array(serviceView) },
  { title: 'ServiceList' },
);

/** As this datacenter knows it. */
export function describeService(service: Service): View<typeof serviceView> {
  const { serviceId, name, price, currency, unit, retiredAt } = service;
  return {
    id: serviceId,
    name,
    price,
    currency,
    ...(unit !== undefined && { unit }),
    ...(retiredAt !== undefined && { retiredAt: retiredAt.toISOString() }),
  };
}

export function describePriced(service: Service): View<typeof pricedServiceView> {
  const prices = service.prices.map(({ validFrom, price }) => ({
    ...(validFrom !== undefined && { validFrom: validFrom.toISOString() }),
    price,
  }));
  return { ...describeService(service), prices };
}

/** As its home has it. */
export function describeChanged(service: ServiceMessage): View<typeof pricedServiceView> {
  const { id, name, price, currency, unit, retiredAt, prices } = service;
  return {
    id,
    name,
    price,
    currency,
    ...(unit !== '' && { unit }),
    ...(retiredAt !== '' && { retiredAt }),
    prices: prices.map((one) => ({
      ...(one.validFrom !== '' && { validFrom: one.validFrom }),
      price: one.price,
    })),
  };
}
