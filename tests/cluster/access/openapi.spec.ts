import type { Scope } from '@billing/auth';
import { AccessSite, type Subject, type SubjectKind } from './access-site.js';
import { gatewayRows } from './gateway-rows.js';
import { sampleNames } from '../gateway/gateway-calls.js';
import { OpenApiDocument, type ExampleCall } from '../gateway/open-api-document.js';

// Every example of docs/openapi.json is sent as it is, but for the names of what there is, with a token that has the
// scopes of its operation and no others; what it is answered has to be what the document says.
const openApi = new OpenApiDocument();
const { examples, operations } = openApi;

/** What they are about, where it is something else than the row of their route says. */
const subjects: Readonly<Record<string, SubjectKind>> = {
  'DELETE /v1/accounts/{id} notEmpty': 'account',
  'DELETE /v1/accounts/{id} byForce': 'account',
};

/** Scopes that a few of them want as well. */
const moreScopes: Readonly<Record<string, readonly Scope[]>> = {
  'POST /v1/accounts withMoney': ['accounts:fund'],
  'DELETE /v1/accounts/{id} byForce': ['operator:act'],
};

let site: AccessSite;

beforeAll(async () => {
  site = await AccessSite.start();
}, 120_000);

afterAll(() => site?.destroy(), 60_000);

const nameOf = ({ route, name }: ExampleCall): string => `${route} ${name}`;

function about<T>(subject: Subject, value: T): T {
  let text = JSON.stringify(value);
  for (const [key, name] of Object.entries(sampleNames)) {
    text = text.replaceAll(name, subject[key as keyof Subject]);
  }
  return JSON.parse(text) as T;
}

/** The names of what it has, and of lists, where there is what they list, whether they are empty. */
function shapeOf(body: unknown, isAboutSomething: boolean): unknown {
  const members = Object.entries((body ?? {}) as object);
  return members
    .map(([name, value]) => [
      name,
      isAboutSomething && Array.isArray(value) ? value.length > 0 : 'there',
    ])
    .sort();
}

test('every route that a gateway has registered is described or left out, and nothing else is', async () => {
  const served = await fetch(`${site.gateway.url}/openapi.json`);
  expect(await served.json()).toEqual(openApi.document);
  const rows = Object.entries(gatewayRows)
    .filter(([name, { at }]) => at !== 'management' && !/^GET \/(console|docs)\b/.test(name))
    .map(([name, { scopes }]) => [name, scopes === 'public' ? [] : [scopes[0]]] as const)
    .filter(([name]) => name.split(' ').length === 2);
  const scopes = [...operations].map(([route, { security }]) => [
    route,
    security.flatMap(({ bearer }) => bearer),
  ]);
  expect(Object.fromEntries(scopes)).toEqual(Object.fromEntries(rows));
});

test('every operation has an example, but for one that has no end', () => {
  const shown = new Set(examples.map(({ route }) => route));
  expect([...operations.keys()].filter((route) => !shown.has(route))).toEqual([
    'GET /v1/operations/overview/stream',
  ]);
});

test.each(examples.map((example) => [nameOf(example), example] as const))(
  '%s',
  async (name, example) => {
    const row = gatewayRows[example.route]!;
    const subject = await site.makeSubject(subjects[name] ?? row.about ?? 'nothing');
    const { method, path, headers, body } = about(subject, example);
    const wanted = operations.get(example.route)!.security.flatMap(({ bearer }) => bearer);
    const token = await site.token([...wanted, ...(moreScopes[name] ?? [])].join(' '));
    const { url } = row.at === 'other' ? site.tenants.other : site.gateway;
    const response = await fetch(url + path, {
      method,
      headers: {
        accept: 'application/json',
        authorization: `Bearer ${token}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const answer = { headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
    expect([response.status, text]).toEqual([Number(example.status), text]);
    expect(openApi.violationsOf(example.route, example.status, answer)).toEqual([]);
    const told = { headers: response.headers, body: example.answer };
    expect(openApi.violationsOf(example.route, example.status, told)).toEqual([]);
    if (example.status < '400') {
      const [given, shown] = [answer.body, example.answer].map((body) =>
        shapeOf(body, row.about !== undefined),
      );
      expect(given).toEqual(shown);
    } else expect(answer.body).toMatchObject({ type: (example.answer as { type: string }).type });
  },
);

describe('an answer that the document does not know', () => {
  const headers = new Headers({ 'content-type': 'application/json', 'x-request-id': 'r' });
  const services = [{ id: '1', name: 'SMS', price: '0.05', currency: 'USD' }];

  test.each([
    ['is right', '200', { services }, headers, []],
    ['has a member more', '200', { services, more: 1 }, headers, ['additional properties']],
    [
      'has another type',
      '200',
      { services: [{ ...services[0], price: 5 }] },
      headers,
      ['must be string'],
    ],
    ['lacks a member', '200', {}, headers, ['must have required property']],
    ['has another status', '201', { services }, headers, ['is not described']],
    [
      'has a header more',
      '200',
      { services },
      new Headers([...headers, ['location', '/']]),
      ['Location is not described'],
    ],
  ])('%s', (_, status, body, given, violations) => {
    const found = openApi.violationsOf('GET /v1/services', status, { headers: given, body });
    expect(found).toEqual(violations.map((each) => expect.stringContaining(each)));
  });
});
