import { Type } from 'typebox';
import type { RouteAccess } from '../http/access.js';
import type { Operation } from '../http/operation.js';
import { Components } from './components.js';
import { makeDocument } from './document.js';

const operation: Operation = {
  id: 'readOrder',
  group: 'services',
  summary: 'Reads an order',
  answers: { 200: { means: 'It is there.', schema: Type.Object({ id: Type.String() }) } },
  problems: ['not-found'],
  examples: {
    one: { summary: 'One', path: { id: '7' }, answer: { id: '7' } },
    none: { summary: 'None', path: { id: '8' }, problem: 'not-found' },
  },
  path: { id: Type.String() },
};
const route = (access: RouteAccess) => ({ method: 'GET', url: '/v1/orders/:id', access });

test('a route without a description is told what to do', () => {
  expect(() => makeDocument([route({ scope: 'services:read' })])).toThrow(
    'GET /v1/orders/:id is not described: give its @Access an `operation`',
  );
});

test('a route that is no part of the API says why, and stands nowhere', () => {
  const leftOut = route({ scope: 'public', operation: { leftOut: 'a file' } });
  expect(makeDocument([leftOut]).paths).toEqual({});
});

test('an operation wants its scope, and may be refused as every route like it, and as it says', () => {
  const { paths } = makeDocument([route({ scope: 'services:read', operation })]);
  const { security, responses } = paths['/v1/orders/{id}']!['get']!;
  expect(security).toEqual([{ bearer: ['services:read'] }]);
  expect(Object.keys(responses as object)).toEqual(
    '200 400 401 403 404 408 417 429 431 500 503'.split(' '),
  );
  const asked = makeDocument([route({ scope: 'public', operation })]).paths;
  const open = asked['/v1/orders/{id}']!['get']!;
  expect(open['security']).toEqual([]);
  expect(Object.keys(open['responses'] as object)).not.toContain('401');
});

test('a problem that an example is answered with stands at its status', () => {
  const { paths } = makeDocument([route({ scope: 'services:read', operation })]);
  expect(paths['/v1/orders/{id}']!['get']!['responses']).toMatchObject({
    404: {
      content: {
        'application/problem+json': {
          schema: { $ref: '#/components/schemas/NotFoundProblem' },
          examples: { none: { value: { type: '/problems/not-found', status: 404 } } },
        },
      },
    },
  });
});

describe('what has a title', () => {
  test('stands once', () => {
    const components = new Components();
    const name = Type.String({ title: 'Name' });
    const folded = components.fold({ a: name, examples: { title: 'Name' } });
    expect(folded).toEqual({
      a: { $ref: '#/components/schemas/Name' },
      examples: { title: 'Name' },
    });
    expect(components.schemas).toEqual({ Name: { type: 'string' } });
  });

  test('and says something else than its namesake is a mistake', () => {
    const components = new Components();
    components.fold(Type.String({ title: 'Name' }));
    expect(() => components.fold(Type.Integer({ title: 'Name' }))).toThrow(
      'two different schemas are called Name',
    );
  });
});
