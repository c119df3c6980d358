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

/** As libs/auth includes them. The gateway decides: what is shown for nothing would only be refused. */
export function mayAct(scopes: readonly string[]): boolean {
  return scopes.some((scope) => scope === 'operator:act' || scope === 'operator');
}
