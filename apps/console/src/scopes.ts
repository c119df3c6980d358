/** What lets somebody in: each of them allows looking. */
const lookers: readonly string[] = ['operator:read', 'operator:act', 'operator'];

/** As libs/auth reads them: `scope`, else `scp`, words separated by spaces or a list of them. */
export function readScopes({ scope, scp }: Record<string, unknown>): readonly string[] {
  const value = scope ?? scp;
  if (typeof value === 'string') return value.split(' ').filter(Boolean);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

export function mayLook(scopes: readonly string[]): boolean {
  return scopes.some((scope) => lookers.includes(scope));
}
