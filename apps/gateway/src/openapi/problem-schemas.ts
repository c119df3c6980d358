import { Type, type TSchema } from 'typebox';
import { HttpProblem } from '../http/http-problem.js';
import type { Operation } from '../http/operation.js';
import { problemKinds, type ProblemDescription, type ProblemKind } from '../http/problem-kinds.js';
import type { Route } from '../http/route-list.js';

const violation = Type.Object(
  { field: Type.String(), message: Type.String() },
  { title: 'FieldViolation' },
);

/** As clients may switch on it: the type says what else there is. */
export function problemSchema(kind: ProblemKind): TSchema {
  const {
    status,
    isRetryable = false,
    members = {},
    meaning,
  }: ProblemDescription = problemKinds[kind];
  const more = Object.entries(members).map(([name, schema]) => [name, Type.Optional(schema)]);
  return Type.Object(
    {
      type: Type.Literal(HttpProblem.typeOf(kind)),
      title: Type.String(),
      status: Type.Literal(status),
      detail: Type.String(),
      retryable: Type.Literal(isRetryable),
      instance: Type.Optional(Type.String()),
      requestId: Type.Optional(Type.String()),
      errors: Type.Optional(Type.Array(violation)),
      ...(Object.fromEntries(more) as Record<string, TSchema>),
    },
    { title: `${toPascalCase(kind)}Problem`, description: meaning },
  );
}

export const toPascalCase = (kebab: string): string =>
  kebab.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

const ofAll: readonly ProblemKind[] = [
  'invalid-request',
  'request-timeout',
  'expectation-failed',
  'headers-too-large',
  'internal',
];
const ofClients: readonly ProblemKind[] = [
  'unauthenticated',
  'missing-scope',
  'too-many-requests',
  'unavailable',
  'overloaded',
];
const ofBodies: readonly ProblemKind[] = ['body-too-large', 'unsupported-media-type'];
const ofCalls = {
  read: ['deadline-exceeded'],
  write: ['deadline-exceeded', 'outcome-unknown'],
} as const satisfies Readonly<Record<string, readonly ProblemKind[]>>;

/** Whatever a route may be refused with, by status: what every route like it is, and what it says itself. */
export function problemsOf(
  { method, access }: Route,
  { calls, problems = [] }: Operation,
): ReadonlyMap<number, readonly ProblemKind[]> {
  const all = new Set<ProblemKind>([
    ...ofAll,
    ...(access.scope === 'public' ? [] : ofClients),
    // Of a DELETE, too: one that comes is read.
    ...(method === 'GET' ? [] : ofBodies),
    ...(calls === undefined ? [] : ofCalls[calls]),
    ...problems,
  ]);
  const byStatus = new Map<number, ProblemKind[]>();
  for (const kind of Object.keys(problemKinds) as ProblemKind[]) {
    if (!all.has(kind)) continue;
    const { status } = problemKinds[kind];
    byStatus.set(status, [...(byStatus.get(status) ?? []), kind]);
  }
  return byStatus;
}
