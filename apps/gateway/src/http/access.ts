import type { Scope } from '@billing/auth';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { findUnknown } from './body-checks.js';
import type { BulkItems } from './item-splitter.js';
import { HttpProblem } from './http-problem.js';

/** What the HTTP server must know of a route before it reads a body. */
export interface RouteAccess {
  /** `public`: without a token. */
  readonly scope: Scope | 'public';
  /** Larger bodies, and application/x-ndjson, read item by item. */
  readonly bulk?: BulkItems;
  /** Its body names what it acts on in `ids`: each counts for the client's rate. */
  readonly manyIds?: boolean;
  /** An answer without an end: how long it takes says nothing. */
  readonly stream?: boolean;
  /** Its handler takes parameters of the query. */
  readonly asksQuery?: boolean;
}

type MoreAccess = Omit<RouteAccess, 'scope' | 'asksQuery'>;

/** Says who may call a handler. A route without it keeps the gateway from starting. */
export function Access(scope: RouteAccess['scope'], more: MoreAccess = {}): MethodDecorator {
  return (target, name, descriptor) => {
    // Parameters are decorated before the method that has them.
    const args = (Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, name) ??
      {}) as object;
    const ofQuery = `${RouteParamtypes.QUERY}:`;
    const asksQuery = Object.keys(args).some((key) => key.startsWith(ofQuery));
    const config: RouteAccess = { ...more, scope, asksQuery };
    RouteConfig(config)(target, name, descriptor);
  };
}

/** Of a route without a class for its query, which would refuse what it does not know. @throws HttpProblem */
export function refuseUnaskedQuery(
  { scope, asksQuery }: Partial<RouteAccess>,
  query: object,
): void {
  // Whoever asks whether it is healthy may say what he likes.
  if (scope === undefined || scope === 'public' || asksQuery === true) return;
  const unknown = findUnknown(query, () => false);
  if (unknown.length > 0) throw HttpProblem.ofFields(unknown);
}
