/** Of those who need no tenants: everybody's whose token names none. */
export const DEFAULT_TENANT = 'default';

/** Whose accounts somebody may see and act on: those of these tenants, or all. */
export type Tenants = readonly string[] | 'all';

const pattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;
export const TENANT_RULE =
  'must be 1 to 63 letters, digits, ".", "_" or "-", a letter or digit first';

/** As SQL checks it (sql/stage1/all/tables/give_tenants.sql). */
export function isTenantName(value: unknown): value is string {
  return typeof value === 'string' && pattern.test(value);
}
