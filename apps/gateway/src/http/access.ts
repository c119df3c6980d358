import type { Scope } from '@billing/auth';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ROUTE_ARGS_METADATA } from '@nestjs/common/constants.js';
import { RouteParamtypes } from '@nestjs/common/enums/route-paramtypes.enum.js';
import { findUnknown } from './body-checks.js';
import type { BulkItems } from './item-splitter.js';
import { HttpProblem } from './http-problem.js';
import type { LeftOut, Operation } from './operation.js';
import type { ParameterClass } from './parameter-schemas.js';

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
  /** What its handler takes of the query, and of the path. */
  readonly query?: ParameterClass;
  readonly path?: ParameterClass;
  /** What the document of the API says of it. */
  readonly operation?: Operation | LeftOut;
}

type MoreAccess = Omit<RouteAccess, 'scope' | 'query' | 'path'>;

/** Says who may call a handler. A route without it keeps the gateway from starting. */
export function Access(scope: RouteAccess['scope'], more: MoreAccess = {}): MethodDecorator {
  return (target, name, descriptor) => {
    const query = parameterClass(target, name, RouteParamtypes.QUERY);
    const path = parameterClass(target, name, RouteParamtypes.PARAM);
    const config: RouteAccess = { ...more, scope, ...(query && { query }), ...(path && { path }) };
    RouteConfig(config)(target, name, descriptor);
  };
}

/** Parameters are decorated before the method that has them. */
function parameterClass(
  target: object,
  name: string | symbol,
  kind: RouteParamtypes,
): ParameterClass | undefined {
  const args = Reflect.getMetadata(ROUTE_ARGS_METADATA, target.constructor, name) as unknown;
  const key = Object.keys(args ?? {}).find((each) => each.startsWith(`${kind}:`));
  if (key === undefined) return undefined;
  const types = Reflect.getMetadata('design:paramtypes', target, name) as ParameterClass[];
  return types[Number(key.slice(key.indexOf(':') + 1))];
}

/** Of a route without a class for its query, which would refuse what it does not know. @throws HttpProblem */
export function refuseUnaskedQuery(
  { scope, query: asked }: Partial<RouteAccess>,
  query: object,
): void {
  // Whoever asks whether it is healthy may say what he likes.
  if (scope === undefined || scope === 'public' || asked !== undefined) return;
  const unknown = findUnknown(query, () => false);
  if (unknown.length > 0) throw HttpProblem.ofFields(unknown);
}
