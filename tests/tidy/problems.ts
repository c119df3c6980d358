import type { Tree } from './tree.js';

const apiPath = 'docs/api.md';
const kindsPath = 'apps/gateway/src/http/problem-kinds.ts';

/** docs/api.md has a row for each type of problem, with its status, and none for what there is not. */
export function findProblemGaps(tree: Tree): string[] {
  const there = read(tree.get(kindsPath) ?? '', /^ {2}'?([a-z-]+)'?: \{\n {4}status: (\d+),/gm);
  const told = read(tree.get(apiPath) ?? '', /^\| ([a-z-]+) +\| (\d{3}) /gm);
  return [
    ...[...there].filter(([kind]) => !told.has(kind)).map(([kind]) => `not in ${apiPath}: ${kind}`),
    ...[...told].flatMap(([kind, status]) => {
      if (there.get(kind) === status) return [];
      return [`${apiPath} says ${status}: ${kind} is ${there.get(kind) ?? 'no type of problem'}`];
    }),
  ];
}

function read(text: string, row: RegExp): Map<string, string> {
  return new Map([...text.matchAll(row)].map(([, kind = '', status = '']) => [kind, status]));
}
