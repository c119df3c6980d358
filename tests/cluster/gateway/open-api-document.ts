import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;
type Named = Readonly<Record<string, { readonly value: unknown }>>;

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly examples?: Named;
}

interface Media {
  readonly schema: Json;
  readonly examples?: Named;
}

interface Response {
  readonly headers: Readonly<Record<string, { readonly $ref: string }>>;
  readonly content?: Readonly<Record<string, Media>>;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly security: readonly { readonly bearer: readonly string[] }[];
  readonly parameters: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}

/** An example of the document as a request, with what it is to be answered. */
export interface ExampleCall {
  readonly name: string;
  readonly method: string;
  /** As the document writes it. */
  readonly route: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: string;
  /** Undefined: it has no body. */
  readonly answer?: unknown;
}

const file = new URL('../../../docs/openapi.json', import.meta.url);

/** docs/openapi.json, and what it takes for right. In answers nothing is right that it does not name. */
export class OpenApiDocument {
  readonly document = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
    readonly components: Readonly<Record<string, Readonly<Record<string, Json>>>>;
  };

  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });

  constructor() {
    (addFormats as unknown as (ajv: Ajv2020) => void)(this.ajv);
    this.ajv.addSchema(closed(this.document) as object, 'document');
  }

  /** By method and path, `GET /v1/accounts/{id}`. */
  get operations(): ReadonlyMap<string, DocumentedOperation> {
    const all = Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(
        ([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const,
      ),
    );
    return new Map(all);
  }

  /** Every example, in the order of the document. */
  get examples(): ExampleCall[] {
    return [...this.operations].flatMap(([route, operation]) => this.examplesOf(route, operation));
  }

  /** What of an answer the document does not say, a line each. */
  violationsOf(route: string, status: string, answer: AnswerToJudge): string[] {
    const operation = this.operations.get(route);
    const response = operation && this.find<Response>(operation.responses[status]);
    if (response === undefined) return [`${route}: ${status} is not described`];
    const { content = {} } = response;
    const type = answer.headers.get('content-type')?.split(';')[0] ?? '';
    const media = content[type];
    if (type !== '' && media === undefined) return [`${route}: ${status} is no ${type}`];
    return [
      ...this.violationsOfHeaders(response, answer.headers),
      ...(media === undefined || !type.includes('json')
        ? []
        : this.violationsOfBody(media, answer.body)),
    ].map((violation) => `${route}, ${status}: ${violation}`);
  }

  private violationsOfHeaders({ headers }: Response, given: Headers): string[] {
    const known = this.document.components['headers']!;
    return Object.entries(known).flatMap(([name, header]) => {
      const isDescribed = name in headers;
      if (given.has(name)) return isDescribed ? [] : [`${name} is not described`];
      return isDescribed && header['required'] === true ? [`${name} is missing`] : [];
    });
  }

  private violationsOfBody({ schema }: Media, body: unknown): string[] {
    const validate = this.ajv.compile(withPlaces(closed(schema)));
    if (validate(body) === true) return [];
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) =>
        `${instancePath} ${message} ${JSON.stringify(params)} in ${JSON.stringify(body)}`,
    );
  }

  private examplesOf(route: string, operation: DocumentedOperation): ExampleCall[] {
    const parameters = operation.parameters.map((each) => this.find<Parameter>(each)!);
    const sent = operation.requestBody?.content['application/json']?.examples ?? {};
    const answered = Object.entries(operation.responses).flatMap(([status, each]) => {
      const media = Object.values(this.find<Response>(each)?.content ?? {});
      return media.flatMap(({ examples = {} }) =>
        Object.entries(examples).map(([name, { value }]) => ({ name, status, value })),
      );
    });
    const names = new Set([
      ...parameters.flatMap(({ examples = {} }) => Object.keys(examples)),
      ...Object.keys(sent),
      ...answered.map(({ name }) => name),
    ]);
    return [...names].map((name) => {
      const [method, template = ''] = route.split(' ') as [string, string];
      const told = answered.find((one) => one.name === name);
      // Without a body.
      const status = told?.status ?? Object.keys(operation.responses).find((one) => one < '300')!;
      return {
        name,
        method,
        route,
        status,
        ...partsOf(template, parameters, name),
        ...(sent[name] !== undefined && { body: sent[name].value }),
        ...(told !== undefined && { answer: told.value }),
      };
    });
  }

  /** Itself, or what it refers to. */
  private find<T>(value: unknown): T | undefined {
    const { $ref } = (value ?? {}) as { readonly $ref?: string };
    if ($ref === undefined) return value as T | undefined;
    const [, , place = '', name = ''] = $ref.split('/');
    return this.document.components[place]?.[name] as T | undefined;
  }
}

export interface AnswerToJudge {
  readonly headers: Headers;
  readonly body: unknown;
}

function partsOf(
  template: string,
  parameters: readonly Parameter[],
  name: string,
): Pick<ExampleCall, 'path' | 'headers'> {
  const given = parameters.flatMap(({ examples, ...parameter }) => {
    const example = examples?.[name];
    return example === undefined ? [] : [{ ...parameter, value: String(example.value) }];
  });
  const of = (place: Parameter['in']): [string, string][] =>
    given.filter((one) => one.in === place).map((one) => [one.name, one.value]);
  const inPath = new Map(of('path'));
  const query = new URLSearchParams(of('query')).toString();
  const path = template.replace(/\{(\w+)\}/g, (_, part: string) => inPath.get(part) ?? `{${part}}`);
  return {
    path: query === '' ? path : `${path}?${query}`,
    headers: Object.fromEntries(of('header')),
  };
}

/** Objects that have members that nobody has named are not right any more. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).map(([name, value]) => [name, closed(value)] as const);
  const isClosed = 'properties' in schema && !('additionalProperties' in schema);
  return { ...Object.fromEntries(members), ...(isClosed && { additionalProperties: false }) };
}

/** The same, with references into the document. */
function withPlaces(schema: unknown): object {
  const text = JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/');
  return JSON.parse(text) as object;
}
