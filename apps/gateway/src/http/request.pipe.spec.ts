import 'reflect-metadata';
import { HttpProblem } from './http-problem.js';
import { PageQuery } from './page.js';
import { RequestPipe } from './request.pipe.js';

const pipe = new RequestPipe();
const read = (query: object): Promise<unknown> =>
  pipe.transform(query, { type: 'query', metatype: PageQuery, data: undefined });

async function violationsOf(query: object): Promise<unknown> {
  try {
    return await read(query);
  } catch (error) {
    return error instanceof HttpProblem ? error.facts.errors?.map(({ field }) => field) : error;
  }
}

describe('parameters', () => {
  test('are read into their class, with its defaults', async () => {
    expect(await read({ limit: '7' })).toEqual({ limit: 7 });
    expect(await read({ cursor: 'a-b' })).toBeInstanceOf(PageQuery);
  });

  test.each(['__proto__', 'constructor', 'toString', 'prototype', 'page', ''])(
    'with the unknown name %j are refused by it',
    async (name) => {
      const query = Object.create(null) as object;
      Object.defineProperty(query, name, { value: '1', enumerable: true, configurable: true });
      expect(await violationsOf(query)).toEqual([name]);
    },
  );

  test.each([{ limit: '0' }, { limit: '201' }, { limit: ['1', '2'] }, { limit: '' }])(
    'of which %j is wrong are refused by its name',
    async (query) => {
      expect(await violationsOf(query)).toEqual(['limit']);
    },
  );
});
