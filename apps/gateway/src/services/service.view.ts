import type { Service } from '@billing/database';
import { formatAmount } from '@billing/money';
import { Type } from 'typebox';
import { shownCurrencySchema, sumSchema, type View } from '../http/field-schemas.js';

export const serviceListView = Type.Object(
  {
    services: Type.Array(
      Type.Object(
        { id: Type.String(), name: Type.String(), price: sumSchema, currency: shownCurrencySchema },
        { title: 'Service' },
      ),
    ),
  },
  { title: 'ServiceList' },
);

export function describeServices(services: readonly Service[]): View<typeof serviceListView> {
  return {
    services: services.map(({ id, name, priceMinor, currency }) => ({
      id: String(id),
      name,
      price: formatAmount(priceMinor, currency),
      currency,
    })),
  };
}
