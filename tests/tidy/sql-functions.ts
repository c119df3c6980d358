import type { Tree } from './tree.js';

const codeLinesMax = 70;
/** Whole on purpose: the header of each says why. */
const longFunctions: readonly string[] = ['pay_out'];
/** In folders by subject a file is named like its function. Tables, types, views, roles and the like have files of their own. */
const bySubject = /^sql\/stage1\/all\/[a-z_]+\/([a-z_]+)\.sql$/;
const functionStart =
  /^create (?:or replace )?(?:function|procedure) (?:billing|public)\.(\w+)\s*\(/gm;

interface SqlFunction {
  readonly name: string;
  /** Between the name and the body. */
  readonly signature: string;
  readonly body: string;
}

export function functionsIn(text: string): SqlFunction[] {
  return [...text.matchAll(functionStart)].map((match) => {
    const rest = text.slice(match.index);
    const [opening = '', quote = ''] = /\bas (\$\w*\$)/.exec(rest) ?? [];
    const bodyStart = rest.indexOf(opening) + opening.length;
    return {
      name: match[1]!,
      signature: rest.slice(0, bodyStart),
      body: rest.slice(bodyStart, rest.indexOf(quote, bodyStart)),
    };
  });
}

const isStage = (path: string): boolean => /^sql\/stage\d\/.*\.sql$/.test(path);
const isCode = (line: string): boolean => line.trim() !== '' && !line.trim().startsWith('--');

const countCode = ({ body }: SqlFunction): number => body.split('\n').filter(isCode).length;
const hasSearchPath = ({ signature }: SqlFunction): boolean =>
  /^set search_path = /m.test(signature);

/**
 * An expression in SQL with its caller's rights: a search_path would keep PostgreSQL from inlining it. Its names are
 * whole then: tables and our functions bear their schema.
 */
function isInlined({ signature, body }: SqlFunction, ownNames: ReadonlySet<string>): boolean {
  if (!/^language sql\b/m.test(signature) || /\bsecurity definer\b/.test(signature)) return false;
  const code = body.split('\n').filter(isCode).join('\n');
  const tables = [...code.matchAll(/(?<!distinct )\b(?:from|join) +([a-z_.]+)(?![a-z_.(])/g)];
  const calls = [...code.matchAll(/(?<![\w.])([a-z_]+)\(/g)];
  return (
    tables.every(([, name = '']) => name.includes('.')) &&
    !calls.some(([, name = '']) => ownNames.has(name))
  );
}

function violationsOf(sqlFunction: SqlFunction, ownNames: ReadonlySet<string>): string[] {
  const violations: string[] = [];
  const { name, body } = sqlFunction;
  const isLoose = !hasSearchPath(sqlFunction) && !isInlined(sqlFunction, ownNames);
  if (isLoose) violations.push(`${name} has no search_path`);
  if (!body.trimStart().startsWith('--')) violations.push(`${name} has no header`);
  const codeLines = countCode(sqlFunction);
  if (codeLines > codeLinesMax && !longFunctions.includes(name)) {
    violations.push(`${name} has ${codeLines} lines of code`);
  }
  return violations;
}

export function findLooseFunctions(tree: Tree): string[] {
  const violations: string[] = [];
  const needed = new Set<string>();
  const ownNames = new Set(
    [...tree].flatMap(([path, text]) =>
      isStage(path) ? functionsIn(text).map(({ name }) => name) : [],
    ),
  );
  for (const [path, text] of tree) {
    if (!isStage(path)) continue;
    const functions = functionsIn(text);
    const [, subject] = bySubject.exec(path) ?? [];
    if (functions.length > 0 && subject && !functions.some(({ name }) => name === subject)) {
      violations.push(`${path}: holds no function ${subject}`);
    }
    for (const sqlFunction of functions) {
      violations.push(
        ...violationsOf(sqlFunction, ownNames).map((violation) => `${path}: ${violation}`),
      );
      if (countCode(sqlFunction) > codeLinesMax) needed.add(sqlFunction.name);
    }
  }
  const idle = longFunctions.filter((name) => !needed.has(name));
  return [
    ...violations,
    ...idle.map((name) => `tests/tidy/sql-functions.ts: needs not name ${name}`),
  ];
}
