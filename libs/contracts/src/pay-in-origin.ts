import { DEFAULT_TENANT } from './tenants.js';
import { PAY_IN_TOPIC } from './topics.js';

/**
 * What a topic says of its messages: who may write to it, and so whose they are. A record does not say who
 * produced it (docs/adr/0033).
 */
export interface PayInOrigin {
  /** Of a message that names none. */
  readonly tenant: string;
  /** Whether a message names its tenant and its client itself. */
  readonly names: 'must' | 'may' | 'must not';
}

/** `billing.payin`, which gateways alone write; they say tenant and client of each message. */
export const gatewayOrigin: PayInOrigin = { tenant: DEFAULT_TENANT, names: 'must' };
/** `billing.payin` where an upstream service of the default tenant writes beside them. */
export const sharedOrigin: PayInOrigin = { tenant: DEFAULT_TENANT, names: 'may' };

export function upstreamOrigin(tenant: string): PayInOrigin {
  return { tenant, names: 'must not' };
}

/**
 * Of a letter, whose row knows the tenant. An operator answers for one that names nobody, whatever the worker was
 * told of its topic.
 */
export function letterOrigin(topic: string): PayInOrigin {
  return topic === PAY_IN_TOPIC ? sharedOrigin : upstreamOrigin(DEFAULT_TENANT);
}
