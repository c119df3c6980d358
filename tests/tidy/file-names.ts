import type { Tree } from './tree.js';

const kinds =
  'controller module filter pipe config errors metrics request view query command page spec'.split(
    ' ',
  );
/** Before `spec`: what one engine alone has. */
const engines = ['native', 'docker'];
const kebab = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const snake = /^[a-z0-9]+(_[a-z0-9]+)*$/;
const rooms = /^(?:apps|libs|tools|tests|examples|sql)\//;
const code = /(?<=\/)([^/]+)\.(?:ts|tsx|mjs|js)$/;
const sql = /(?<=\/)([^/]+)\.sql$/;

const toKebab = (name: string): string =>
  name.replace(/([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3-$2').toLowerCase();

/** The one class that a file is about: nothing else leaves it but types. */
function onlyClass(text: string): string | undefined {
  const exported = [
    ...text.matchAll(/^export (?:abstract |async )?(class|function\*?|const|let|enum) (\w+)/gm),
  ];
  const [first] = exported;
  const reexports = /^export (?!type )(\{|\*)/m.test(text);
  return exported.length === 1 && first?.[1] === 'class' && !reexports ? first[2] : undefined;
}

function violationOf(path: string, text: string): string | undefined {
  const [, inSql] = sql.exec(path) ?? [];
  if (inSql !== undefined) {
    return snake.test(inSql.replace(/\.example$/, '')) ? undefined : 'not in snake case';
  }
  const [, name] = code.exec(path) ?? [];
  // What a program makes of the contract is named by the contract's words.
  if (name === undefined || !rooms.test(path) || path.includes('/generated/')) return undefined;
  const [noun, ...dotted] = name.replace(/\.d$/, '').split('.') as [string, ...string[]];
  if (!kebab.test(noun)) return 'not in kebab';
  const isSpec = dotted.at(-1) === 'spec';
  const unknown = dotted.find(
    (part, index) =>
      !kinds.includes(part) && !(engines.includes(part) && isSpec && index === dotted.length - 2),
  );
  if (unknown !== undefined) return `"${unknown}" is no kind`;
  const className = dotted.length === 0 ? onlyClass(text) : undefined;
  if (className !== undefined && toKebab(className) !== noun) return `its class is ${className}`;
  return undefined;
}

export function findMisnamedFiles(tree: Tree): string[] {
  return [...tree].flatMap(([path, text]) => {
    const violation = violationOf(path, text);
    return violation === undefined ? [] : [`${path}: ${violation}`];
  });
}
