import type {
  CreateServiceRequest,
  ListServicesResponse,
  RepriceServiceRequest,
  RetireServiceRequest,
  Service as ServiceMessage,
  ServiceResponse,
} from '@billing/contracts';
import {
  changeCatalogue,
  describeServices,
  type CatalogueChange,
  type Database,
  type Service,
} from '@billing/database';
import { BillingError, invalidRequest } from '../grpc/billing.errors.js';
import type { Actor } from '../grpc/client-access.js';
import { readCreation, readRepricing, readServiceId } from './catalogue.request.js';

export interface CatalogueDeskOptions {
  readonly database: Database;
  /** How long the catalogue's home has for its answer. */
  readonly peerTimeoutMs: number;
}

/** The catalogue: one SQL call each, and what its answer means to the caller. */
export class CatalogueDesk {
  constructor(private readonly options: CatalogueDeskOptions) {}

  /** @throws DatabaseError */
  async list(): Promise<ListServicesResponse> {
    const services = await describeServices(this.options.database);
    return { services: services.map(toMessage) };
  }

  /** @throws BillingError, DatabaseError */
  create(client: Actor, request: CreateServiceRequest, callMs: number): Promise<ServiceResponse> {
    return this.change(client, 'create', readCreation(request), callMs);
  }

  /** @throws BillingError, DatabaseError */
  reprice(client: Actor, request: RepriceServiceRequest, callMs: number): Promise<ServiceResponse> {
    return this.change(client, 'reprice', readRepricing(request), callMs);
  }

  /** @throws BillingError, DatabaseError */
  retire(client: Actor, request: RetireServiceRequest, callMs: number): Promise<ServiceResponse> {
    const change = { service_id: readServiceId(request.serviceId) };
    return this.change(client, 'retire', change, callMs);
  }

  private async change(
    { id: clientId, address }: Actor,
    act: CatalogueChange['act'],
    change: CatalogueChange['change'],
    callMs: number,
  ): Promise<ServiceResponse> {
    const { database, peerTimeoutMs } = this.options;
    const timeoutMs = Math.max(1, Math.floor(Math.min(peerTimeoutMs, callMs)));
    const outcome = await changeCatalogue(database, { act, change, clientId, address, timeoutMs });
    const serviceId = change['service_id'] ?? '';
    switch (outcome.status) {
      case 'changed':
      case 'unchanged':
        return {
          service: toMessage(outcome.service),
          unchanged: outcome.status === 'unchanged',
          position: outcome.position ?? '',
        };
      case 'exists':
        throw new BillingError(
          'SERVICE_EXISTS',
          `service ${outcome.service.serviceId} has that name, and is another one`,
          { service_id: outcome.service.serviceId },
        );
      case 'not_found':
        throw serviceNotFound(serviceId);
      case 'retired':
        throw serviceRetired(serviceId);
      case 'past':
        throw invalidRequest('valid_from', 'is over: prices of the past are what was charged by');
      case 'unreachable':
        throw new BillingError(
          'NODE_UNREACHABLE',
          'the home of the catalogue, dc1, cannot be reached: nothing was changed',
          { node_id: '1' },
        );
      case 'unknown':
        throw new BillingError(
          'OUTCOME_UNKNOWN',
          'the home of the catalogue, dc1, did not answer: the same call again tells what became of it',
          { node_id: '1' },
        );
    }
  }
}

export function serviceNotFound(serviceId: string): BillingError {
  return new BillingError('SERVICE_NOT_FOUND', `service ${serviceId} is not known`, {
    service_id: serviceId,
  });
}

export function serviceRetired(serviceId: string): BillingError {
  return new BillingError('SERVICE_RETIRED', `service ${serviceId} is charged no more`, {
    service_id: serviceId,
  });
}

function toMessage(service: Service): ServiceMessage {
  return {
    id: service.serviceId,
    name: service.name,
    price: service.price,
    currency: service.currency,
    unit: service.unit ?? '',
    retiredAt: service.retiredAt?.toISOString() ?? '',
    prices: service.prices.map(({ validFrom, price }) => ({
      validFrom: validFrom?.toISOString() ?? '',
      price,
    })),
  };
}
