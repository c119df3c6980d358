import { HttpProblem } from '../http/http-problem.js';
import type { DescribedAnswer, Example, Operation } from '../http/operation.js';
import { describeParameters } from '../http/parameter-schemas.js';
import type { ProblemKind } from '../http/problem-kinds.js';
import { problemKinds } from '../http/problem-kinds.js';
import type { Route } from '../http/route-list.js';
import type { HeaderName } from './answer-headers.js';
import type { Components } from './components.js';
import type { Json } from './document.js';
import { problemSchema, problemsOf, toPascalCase } from './problem-schemas.js';
import { requestHeaders, type RequestHeader } from './request-parameters.js';

type Examples = readonly (readonly [name: string, example: Example])[];

/** One operation of the document: what its route's checks say, and what its description adds. */
export function describeOperation(
  route: Route,
  operation: Operation,
  components: Components,
): Json {
  const { scope } = route.access;
  const { id, group, summary, description, moreScopes } = operation;
  const examples = Object.entries(operation.examples ?? {});
  const more = moreScopes === undefined ? [] : [`Wants ${moreScopes}.`];
  const told = [description ?? [], more].flat().join(' ');
  return {
    operationId: id,
    tags: [group],
    summary,
    ...(told !== '' && { description: told }),
    security: scope === 'public' ? [] : [{ bearer: [scope] }],
    parameters: components.fold(parametersOf(route, operation, examples)),
    ...(operation.body !== undefined && {
      requestBody: components.fold(bodyOf(route, operation, examples)),
    }),
    responses: responsesOf(route, operation, examples, components),
  };
}

function parametersOf({ access }: Route, operation: Operation, examples: Examples): Json[] {
  const { idempotencyKey, takesHome = false, path = {} } = operation;
  const said = (place: 'path' | 'query', name: string): Json =>
    examplesOf(examples, (one) => one[place]?.[name]);
  const inPath = [
    ...Object.entries(path).map(([name, schema]) => ({ name, schema })),
    ...(access.path === undefined ? [] : describeParameters(access.path)),
  ].map(({ name, schema }) => ({
    name,
    in: 'path',
    required: true,
    schema,
    ...said('path', name),
  }));
  const query = access.query === undefined ? [] : describeParameters(access.query);
  const inQuery = query.map(({ name, isRequired, schema }) => ({
    name,
    in: 'query',
    ...(isRequired && { required: true }),
    schema,
    ...said('query', name),
  }));
  const keys = { optional: 'IdempotencyKey', required: 'RequiredIdempotencyKey' } as const;
  const headers: RequestHeader[] = [
    ...(idempotencyKey === undefined ? [] : [keys[idempotencyKey]]),
    ...(takesHome ? (['IdempotencyHome'] as const) : []),
    ...(access.scope === 'public' ? [] : (['BillingAfter'] as const)),
    'RequestId',
  ];
  const inHeaders = headers.map((header) => {
    const { name } = requestHeaders[header];
    const given = examplesOf(examples, ({ headers: sent }) => sent?.[name]);
    if (!('examples' in given)) return { $ref: `#/components/parameters/${header}` };
    return { ...requestHeaders[header], ...given };
  });
  return [...inPath, ...inQuery, ...inHeaders];
}

function bodyOf(
  { access }: Route,
  { body, bodyIsOptional = false }: Operation,
  examples: Examples,
): Json {
  const told = examplesOf(examples, (example) => example.body);
  return {
    required: !bodyIsOptional,
    content: {
      'application/json': { schema: body, ...told },
      ...(access.bulk !== undefined && {
        // OpenAPI 3.1 has no word for a schema of each line.
        'application/x-ndjson': {
          schema: { type: 'string', description: 'A line each: an item.' },
        },
      }),
    },
  };
}

function responsesOf(
  route: Route,
  operation: Operation,
  examples: Examples,
  components: Components,
): Json {
  const isPublic = route.access.scope === 'public';
  const common: HeaderName[] = isPublic ? ['X-Request-Id'] : ['X-Request-Id', 'Billing-Stale'];
  const key: HeaderName[] = operation.idempotencyKey === 'optional' ? ['Idempotency-Key'] : [];
  const responses: Json = {};
  for (const [status, answer] of Object.entries(operation.answers)) {
    responses[status] = components.fold(describeAnswer(status, answer, common, examples));
  }
  for (const [status, kinds] of problemsOf(route, operation)) {
    const own = responses[status] as { content?: Json } | undefined;
    const told = examplesOf(examples, ({ problem }) =>
      problem !== undefined && kinds.includes(problem) ? exampleOf(problem) : undefined,
    );
    const described = components.fold(describeProblems(kinds, [...common, ...key], told));
    if (own !== undefined) described.content = { ...own.content, ...described.content };
    const isShared = own === undefined && !('examples' in told);
    const name = [...kinds.map(toPascalCase), ...(isPublic ? ['InPublic'] : key)].join('');
    responses[status] = isShared
      ? components.share(name.replaceAll('-', ''), described)
      : described;
  }
  return responses;
}

function describeAnswer(
  status: string,
  { means, schema, mediaType = 'application/json', headers = [] }: DescribedAnswer,
  common: readonly HeaderName[],
  examples: Examples,
): Json {
  const told = examplesOf(examples, (one) => (statusOf(one) === status ? one.answer : undefined));
  const isJson = mediaType === 'application/json';
  return {
    description: means,
    headers: referToHeaders([...common, ...headers]),
    ...((schema !== undefined || !isJson) && {
      content: {
        ...(schema !== undefined && { 'application/json': { schema, ...told } }),
        ...(!isJson && { [mediaType]: { schema: { type: 'string' } } }),
      },
    }),
  };
}

const statusOf = ({ status = 200, problem }: Example): string =>
  String(problem === undefined ? status : problemKinds[problem].status);

/** What is told of the occurrence alone is not in it. */
const exampleOf = (kind: ProblemKind): Json =>
  new HttpProblem(kind, problemKinds[kind].meaning).body;

function describeProblems(
  kinds: readonly ProblemKind[],
  headers: readonly HeaderName[],
  told: Json,
): { description: string; headers: Json; content: Json } {
  const isRetryable = kinds.some((kind) => 'isRetryable' in problemKinds[kind]);
  const wantsToken = kinds.includes('unauthenticated') || kinds.includes('missing-scope');
  const named: HeaderName[] = [
    ...headers,
    ...(isRetryable ? (['Retry-After'] as const) : []),
    ...(wantsToken ? (['WWW-Authenticate'] as const) : []),
  ];
  const mapping = kinds.map((kind) => [
    `/problems/${kind}`,
    `#/components/schemas/${toPascalCase(kind)}Problem`,
  ]);
  const schemas = kinds.map(problemSchema);
  const [only] = schemas;
  const schema =
    schemas.length === 1
      ? only
      : {
          oneOf: schemas,
          discriminator: { propertyName: 'type', mapping: Object.fromEntries(mapping) as Json },
        };
  return {
    description: `${HttpProblem.titleOf(kinds[0]!)}: ${kinds.join(', ')}.`,
    headers: referToHeaders(named),
    content: { 'application/problem+json': { schema, ...told } },
  };
}

function referToHeaders(names: readonly HeaderName[]): Json {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

/** Those that say something of it, by name. */
function examplesOf(examples: Examples, valueOf: (example: Example) => unknown): Json {
  const said = examples.flatMap(([name, example]) => {
    const value = valueOf(example);
    return value === undefined ? [] : [[name, { summary: example.summary, value }] as const];
  });
  return said.length === 0 ? {} : { examples: Object.fromEntries(said) };
}
