import { DatabaseError } from './database.errors.js';
import type { Caller } from './database.js';

export interface ServicePrice {
  /** Undefined: from the beginning. */
  readonly validFrom: Date | undefined;
  /** Of one unit, in major units, with all decimals of the currency. */
  readonly price: string;
}

export interface Service {
  readonly serviceId: string;
  readonly name: string;
  readonly currency: string;
  readonly unit: string | undefined;
  /** The one that holds now, by the clock of the node that was asked. */
  readonly price: string;
  readonly retiredAt: Date | undefined;
  /** All that it had and will have, the latest first. */
  readonly prices: readonly ServicePrice[];
}

interface ServiceJson {
  readonly service_id: string;
  readonly name: string;
  readonly currency: string;
  readonly unit: string | null;
  readonly price: string;
  readonly retired_at: string | null;
  readonly prices: readonly { readonly valid_from: string | null; readonly price: string }[];
}

/** `billing.describe_services`: the catalogue as this node knows it, or one service of it. @throws DatabaseError */
export async function describeServices(database: Caller, serviceId?: number): Promise<Service[]> {
  const rows = await database.query<{ service: ServiceJson }>(
    'describe_services',
    'select billing.describe_services($1) as service',
    [serviceId ?? null],
  );
  return rows.map(({ service }) => toService(service));
}

/** `billing.list_priced_services`: the same of all of them, to charge by. @throws DatabaseError; outdated while nodes may be of two versions */
export async function listPricedServices(database: Caller): Promise<Service[]> {
  const rows = await database.query<{ service: ServiceJson }>(
    'list_priced_services',
    'select billing.list_priced_services() as service',
  );
  return rows.map(({ service }) => toService(service));
}

export interface CatalogueChange {
  readonly act: 'create' | 'reprice' | 'retire';
  /** As `billing.change_catalogue` has it for the act. */
  readonly change: Readonly<Record<string, string | undefined>>;
  readonly clientId: string;
  /** Where the client asked from. */
  readonly address: string | undefined;
  /** How long the catalogue's home has for its answer. */
  readonly timeoutMs: number;
}

export type CatalogueOutcome =
  | {
      readonly status: 'changed' | 'unchanged';
      readonly service: Service;
      readonly position: string | undefined;
    }
  /** Another service has the name. */
  | { readonly status: 'exists'; readonly service: Service }
  | { readonly status: 'not_found' | 'retired' | 'past' }
  /** The catalogue's home did not answer; `unknown`: it may have happened nevertheless. */
  | { readonly status: 'unreachable' | 'unknown' };

/** `billing.change_catalogue`: an act on the catalogue, carried out at its home. @throws DatabaseError */
export async function changeCatalogue(
  database: Caller,
  { act, change, clientId, address, timeoutMs }: CatalogueChange,
): Promise<CatalogueOutcome> {
  const [row] = await database.query<{
    status: CatalogueOutcome['status'] | 'failed';
    code: string | null;
    message: string | null;
    service: ServiceJson | null;
    position: string | null;
  }>('change_catalogue', 'select * from billing.change_catalogue($1, $2, $3, $4, $5)', [
    act,
    JSON.stringify(change),
    clientId,
    address ?? null,
    timeoutMs,
  ]);
  if (row === undefined) throw new TypeError('billing.change_catalogue returned no row');
  const { status, code, message, service, position } = row;
  switch (status) {
    case 'failed':
      throw new DatabaseError(code ?? '', 'change_catalogue', new Error(message ?? ''), 'none');
    case 'changed':
    case 'unchanged':
      return { status, service: toService(service!), position: position ?? undefined };
    case 'exists':
      return { status, service: toService(service!) };
    default:
      return { status };
  }
}

function toService(json: ServiceJson): Service {
  return {
    serviceId: json.service_id,
    name: json.name,
    currency: json.currency,
    unit: json.unit ?? undefined,
    price: json.price,
    retiredAt: json.retired_at === null ? undefined : new Date(json.retired_at),
    prices: json.prices.map(({ valid_from: validFrom, price }) => ({
      validFrom: validFrom === null ? undefined : new Date(validFrom),
      price,
    })),
  };
}
