import { RouteConfig } from '@nestjs/platform-fastify';
import type { BulkItems } from './item-splitter.js';

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

/** What the HTTP server must know of a route before it reads a body. */
export interface RouteAccess {
  /** `public`: without a token. */
  readonly scope: Scope | 'public';
  /** Larger bodies, and application/x-ndjson, read item by item. */
  readonly bulk?: BulkItems;
  /** An answer without an end: how long it takes says nothing. */
  readonly stream?: boolean;
}

/** Says who may call a handler. A route without it keeps the gateway from starting. */
export function Access(scope: RouteAccess['scope'], more: Omit<RouteAccess, 'scope'> = {}) {
  return RouteConfig({ ...more, scope } satisfies RouteAccess);
}
