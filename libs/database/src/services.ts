import type { Caller } from './database.js';

export interface Service {
  readonly id: number;
  readonly name: string;
  readonly priceMinor: bigint;
  readonly currency: string;
}

/** `billing.list_services`: the catalogue as this node knows it. @throws DatabaseError */
export async function listServices(database: Caller): Promise<Service[]> {
  const rows = await database.query<{
    id: number;
    name: string;
    price_minor: bigint;
    currency: string;
  }>('list_services', 'select * from billing.list_services()');
  return rows.map(({ id, name, price_minor, currency }) => ({
    id,
    name,
    priceMinor: price_minor,
    currency,
  }));
}
