/** What a token may allow; docs/api.md lists them by path. */
export type Scope =
  | 'accounts:read'
  | 'accounts:write'
  | 'pay-ins:read'
  | 'pay-ins:write'
  | 'pay-outs:read'
  | 'pay-outs:write'
  | 'services:read'
  | 'operator';
