import type { Tenants } from '@billing/contracts';

/** As functions take it: null is all. */
export function toParameter(tenants: Tenants): readonly string[] | null {
  return tenants === 'all' ? null : tenants;
}
