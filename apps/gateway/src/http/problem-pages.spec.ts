import fastify, { type FastifyInstance } from 'fastify';
import { HttpProblem } from './http-problem.js';
import { problemKinds, type ProblemKind } from './problem-kinds.js';
import { addProblemPages } from './problem-pages.js';

let server: FastifyInstance;
let address: string;

beforeAll(async () => {
  server = fastify();
  addProblemPages(server);
  server.setErrorHandler((error, _request, reply) => {
    void reply.code(error instanceof HttpProblem ? error.status : 500).send();
  });
  address = await server.listen({ port: 0 });
});

afterAll(() => server.close());

const get = (path: string, accept = 'text/html'): Promise<Response> =>
  fetch(address + path, { headers: { accept } });

test.each(Object.keys(problemKinds) as ProblemKind[])(
  'the address of %s leads to a page and, as JSON, to what answers say of it',
  async (kind) => {
    const problem = new HttpProblem(kind, 'what happened');
    const { type, title, status, retryable } = problem.body;
    const page = await get(String(type));
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ]);
    const text = await page.text();
    expect(text).toContain(`<h1>${kind}</h1>`);
    expect(text).toContain(problemKinds[kind].advice);
    expect(await (await get(String(type), 'application/json')).json()).toEqual({
      type,
      title,
      status,
      retryable,
      meaning: problemKinds[kind].meaning,
      advice: problemKinds[kind].advice,
    });
  },
);

test.each(['no-such', 'constructor', '%3Cscript%3E'])('%s is no type of problem', async (kind) => {
  expect((await get(`/problems/${kind}`)).status).toBe(404);
});
