import type { Cluster } from '@billing/cluster';

const NOBODYS = '999999937';

export interface OpenApi {
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedRequest>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface DocumentedRequest {
  readonly tags: readonly string[];
  readonly parameters: readonly object[];
  readonly requestBody?: object;
}

export const operationsOf = ({ paths }: OpenApi): DocumentedRequest[] =>
  Object.values(paths).flatMap((path) => Object.values(path));

/**
 * The document, with accounts that there are for those of requests, beside one that there is not: of any other, every call
 * would come to the same end.
 */
export async function nameAccounts(cluster: Cluster, document: OpenApi): Promise<OpenApi> {
  const accounts = [await openAccount(cluster, '1000000.00'), await openAccount(cluster, '0')];
  const known = { type: 'string', enum: [...accounts, NOBODYS] };
  const { schemas } = document.components;
  const bodies = new Set<string>();
  const find = (request: unknown): void => {
    for (const [, name = ''] of JSON.stringify(request ?? '').matchAll(
      /#\/components\/schemas\/(\w+)/g,
    )) {
      if (bodies.has(name)) continue;
      bodies.add(name);
      find(schemas[name]);
    }
  };
  for (const { requestBody } of operationsOf(document)) find(requestBody);
  const rename = <T>(value: T): T => {
    const text = JSON.stringify(value).replaceAll('schemas/AccountId"', 'schemas/KnownAccountId"');
    return JSON.parse(text) as T;
  };
  const renamed = Object.entries(schemas).map(([name, schema]) => [
    name,
    bodies.has(name) ? rename(schema) : schema,
  ]);
  const paths = Object.entries(document.paths).map(([path, methods]) => [
    path,
    Object.fromEntries(
      Object.entries(methods).map(([method, operation]) => [
        method,
        { ...operation, parameters: rename(operation.parameters) },
      ]),
    ),
  ]);
  return {
    ...document,
    paths: Object.fromEntries(paths) as OpenApi['paths'],
    components: {
      ...document.components,
      schemas: { ...Object.fromEntries(renamed), KnownAccountId: known } as Record<string, object>,
    },
  };
}

async function openAccount(cluster: Cluster, initialBalance: string): Promise<string> {
  const response = await fetch(`${cluster.gatewayUrl(1)}/v1/accounts`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await cluster.signToken({ sub: 'contract' })}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ username: 'contract', initialBalance }),
  });
  const { accountId } = (await response.json()) as { accountId: string };
  return accountId;
}
