import { operationGroups, type LeftOut, type Operation } from '../http/operation.js';
import type { Route } from '../http/route-list.js';
import { answerHeaders } from './answer-headers.js';
import { Components } from './components.js';
import { describeOperation } from './operation-object.js';
import { requestHeaders } from './request-parameters.js';

export type Json = Record<string, unknown>;

export interface OpenApiDocument extends Json {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

const OPENAPI_VERSION = '3.1.1';
/** Of the API: the number of its paths, and what was added. */
const API_VERSION = '1.0.0';

const description = `Prepaid balances split over datacenters. One gateway a datacenter, all of them with this API.

Amounts and ids are strings: amounts are decimals in major units. Times are ISO 8601 in UTC. Fields and parameters that are not named here are refused; answers may gain members.

Every GET may be asked as HEAD. docs/api.md of the repository says what stands behind it.`;

/** \`/v1/accounts/:id\` → \`/v1/accounts/{id}\` */
const templateOf = (url: string): string => url.replace(/:(\w+)/g, '{$1}');

/** The OpenAPI document of these routes. @throws TypeError for a route that nobody has described */
export function makeDocument(routes: readonly Route[]): OpenApiDocument {
  const components = new Components();
  const paths: Record<string, Record<string, Json>> = {};
  for (const route of routes) {
    const operation = operationOf(route);
    if ('leftOut' in operation) continue;
    const path = (paths[templateOf(route.url)] ??= {});
    path[route.method.toLowerCase()] = describeOperation(route, operation, components);
  }
  return {
    openapi: OPENAPI_VERSION,
    info: {
      title: 'Geo-distributed billing',
      version: API_VERSION,
      description,
      license: { name: 'Apache 2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'The gateway that has given this document.' }],
    tags: Object.entries(operationGroups).map(([name, says]) => ({ name, description: says })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'The scopes that an operation wants are those of the token.',
        },
      },
      parameters: components.fold(requestHeaders),
      headers: components.fold(answerHeaders),
      responses: components.responses,
      schemas: components.schemas,
    },
  };
}

/** @throws TypeError */
export function operationOf({ method, url, access }: Route): Operation | LeftOut {
  if (access.operation !== undefined) return access.operation;
  throw new TypeError(
    `${method} ${url} is not described: give its @Access an \`operation\`, beside those of its room (*-operations.ts), then npm run generate`,
  );
}
