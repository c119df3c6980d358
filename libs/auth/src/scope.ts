/** What a call may want of a token; docs/api.md lists them by path. */
export type Scope =
  | 'accounts:read'
  | 'accounts:write'
  | 'accounts:fund'
  | 'pay-ins:read'
  | 'pay-ins:write'
  | 'pay-outs:read'
  | 'pay-outs:write'
  | 'services:read'
  | 'services:write'
  | 'operator:read'
  | 'operator:act';

/** What else a scope allows. `operator` is the word of the version before, and goes with the next. */
const included: ReadonlyMap<string, readonly Scope[]> = new Map([
  ['operator:act', ['operator:read']],
  ['operator', ['operator:read', 'operator:act']],
]);

/** The scopes of a token and all that they allow. */
export function withIncluded(scopes: readonly string[]): ReadonlySet<string> {
  return new Set(scopes.flatMap((scope) => [scope, ...(included.get(scope) ?? [])]));
}
