import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import type { RouteAccess } from './access.js';
import type { View } from './field-schemas.js';
import { HttpProblem } from './http-problem.js';
import type { Operation } from './operation.js';
import { problemKinds, type ProblemDescription, type ProblemKind } from './problem-kinds.js';

const ROOT = '/problems';

const headers = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'cache-control': 'public, max-age=3600',
  vary: 'accept',
};

const kinds = Object.keys(problemKinds) as ProblemKind[];

const pageView = Type.Object(
  {
    // There may be more: no list.
    type: Type.String({ description: '/problems/ and the kind.' }),
    title: Type.String(),
    status: Type.Integer(),
    retryable: Type.Boolean(),
    meaning: Type.String(),
    advice: Type.String(),
  },
  { title: 'ProblemKind' },
);

const explainProblem: Operation = {
  id: 'explainProblem',
  group: 'document',
  summary: 'Reads what a type of problem means and what to do',
  description:
    'What the type of a problem is the address of. JSON where Accept asks for it, else a page.',
  path: { kind: Type.Enum(kinds) },
  answers: {
    200: {
      means: 'There is such a type.',
      schema: pageView,
      mediaType: 'text/html',
      headers: ['Cache-Control'],
    },
  },
  problems: ['not-found'],
  examples: {
    contended: {
      summary: 'One of them, as JSON',
      path: { kind: 'contended' },
      answer: toView('contended'),
    },
    unknown: { summary: 'One that there is not', path: { kind: 'none' }, problem: 'not-found' },
  },
};

/** Serves what the `type` of each problem leads to: a page for people, JSON for whoever asks for that. */
export function addProblemPages(server: FastifyInstance): void {
  const config: RouteAccess = { scope: 'public', operation: explainProblem };
  server.get(`${ROOT}/:kind`, { config }, (request, reply) => {
    const { kind } = request.params as { kind: string };
    if (!isKind(kind)) throw new HttpProblem('not-found', 'there is no such type of problem');
    void reply.headers(headers);
    const wantsJson = /\bjson\b/.test(String(request.headers.accept ?? ''));
    return wantsJson
      ? reply.send(toView(kind))
      : reply.header('content-type', 'text/html; charset=utf-8').send(toPage(kind));
  });
}

function isKind(text: string): text is ProblemKind {
  return Object.hasOwn(problemKinds, text);
}

function toView(kind: ProblemKind): View<typeof pageView> {
  const { status, isRetryable = false, meaning, advice }: ProblemDescription = problemKinds[kind];
  const [type, title] = [HttpProblem.typeOf(kind), HttpProblem.titleOf(kind)];
  return { type, title, status, retryable: isRetryable, meaning, advice };
}

function toPage(kind: ProblemKind): string {
  const { title, status, retryable, meaning, advice } = toView(kind);
  const again = retryable ? 'may succeed soon' : 'is not expected to succeed soon';
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${kind}</title></head>
<body>
<h1>${kind}</h1>
<p>HTTP ${status} ${title}. The same request, under the same key or id, ${again}.</p>
<h2>What it means</h2>
<p>${meaning}</p>
<h2>What to do</h2>
<p>${advice}</p>
</body>
</html>
`;
}
