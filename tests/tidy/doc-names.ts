import { posix } from 'node:path';
import { foldersOf, type Tree } from './tree.js';

/** Records of what was: they keep the names of their day. */
const records = /^(CHANGELOG|docs\/faults-found)\.md$/;
/** Forms and names of other houses. */
const exceptions = new Set([
  'docs/adr/NNNN-title.md',
  'noun.kind.ts',
  'x.example.sql',
  'sql/tests/x.example.sql',
  'x.native.spec.ts',
  'x.docker.spec.ts',
  'stage1/node2/x.sql',
  'docker-compose.override.yml',
  'kafka-configs.sh',
  'kafka-transactions.sh',
]);
const rooted =
  /(?<![\w./@-])(?:apps|libs|tools|tests|sql|docs|deploy|examples)\/[\w./*{}<>…-]*[\w*}]/g;
const bare =
  /`([\w.-]+(?:\/[\w.-]+)*\.(?:ts|tsx|mjs|js|sql|sh|md|json|yml|yaml|proto|css|csv|txt))`/g;
const isMade = (path: string): boolean => /(^|\/)(dist|target|node_modules)(\/|$)/.test(path);

type Missing = (document: string, text: string) => string[];

function findPaths(tree: Tree): Missing {
  const folders = foldersOf(tree);
  const paths = [...tree.keys()];
  const exists = (path: string): boolean => tree.has(path) || folders.has(path);
  const startsOne = (start: string): boolean => paths.some((path) => path.startsWith(start));
  const endsOne = (end: string): boolean => paths.some((path) => `/${path}`.endsWith(`/${end}`));
  return (document, text) => {
    const here = posix.dirname(document);
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)]
      .map(([, target = '']) => posix.join(here, target).replace(/\/$/, ''))
      .filter((target) => !exists(target));
    // What stops before its extension is a pattern for Jest, or a folder: one path starts so.
    const named = [...text.matchAll(rooted)]
      .map(([path]) => path)
      .filter((path) => !/[*{}<>…]/.test(path) && !isMade(path))
      .filter((path) => !(/\.\w+$/.test(path) ? exists(path) : startsOne(path)));
    const files = [...text.matchAll(bare)]
      .map(([, path = '']) => path)
      .filter((path) => !isMade(path) && !exists(posix.join(here, path)) && !endsOne(path));
    return [...links, ...named, ...files];
  };
}

function textUnder(tree: Tree, folder: string, extension: string): string {
  return [...tree]
    .filter(([path]) => path.startsWith(folder) && path.endsWith(extension))
    .map(([, text]) => text)
    .join('\n');
}

function findCommands(tree: Tree): Missing {
  const scripts = new Set(['start', 'test']);
  for (const [path, text] of tree) {
    if (!path.endsWith('package.json')) continue;
    const { scripts: own = {} } = JSON.parse(text) as { scripts?: Record<string, string> };
    for (const name of Object.keys(own)) scripts.add(name);
  }
  const cli = textUnder(tree, 'tools/cli/src/', '.ts');
  const words = new Set([...cli.matchAll(/\.command\('([a-z-]+)/g)].map(([, word]) => word));
  // for (const act of ['replay', 'discard'] as const) … .command(act)
  for (const [, list = ''] of cli.matchAll(/for \(const \w+ of \[([^\]]+)\] as const\)/g)) {
    for (const [, word] of list.matchAll(/'([a-z-]+)'/g)) words.add(word);
  }
  const verbs = textUnder(tree, 'tools/cluster/src/command-line/', '.ts');
  return (_, text) => [
    ...[...text.matchAll(/npm run ([a-z][a-z:-]*)/g)]
      .filter(([, name = '']) => !scripts.has(name))
      .map(([call]) => call),
    ...[...text.matchAll(/npx billing ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/g)]
      .filter(([, ...said]) => said.some((word) => word !== undefined && !words.has(word)))
      .map(([call]) => call),
    ...[...text.matchAll(/npm run cluster -- ([a-z]+)/g)]
      .filter(([, verb = '']) => !verbs.includes(`'${verb}'`))
      .map(([call]) => call),
  ];
}

function findSqlNames(tree: Tree): Missing {
  const sql = textUnder(tree, 'sql/', '.sql');
  const functions = new Set(
    [...sql.matchAll(/create (?:or replace )?(?:function|procedure) billing\.(\w+)/gi)].map(
      ([, name]) => name,
    ),
  );
  const identifiers = new Set(sql.match(/\b[a-z]\w*\b/g));
  const topics = textUnder(tree, 'libs/contracts/', '');
  return (document, text) => [
    ...[...text.matchAll(/\bbilling\.([a-z]\w*)\(/g)]
      .filter(([, name]) => !functions.has(name))
      .map(([, name]) => `billing.${name}`),
    ...[...text.matchAll(/`billing\.([a-z]\w*)`/g)]
      .filter(([, name = '']) => !identifiers.has(name) && !topics.includes(`billing.${name}`))
      .map(([, name]) => `billing.${name}`),
    ...(document === 'sql/README.md' ? [...text.matchAll(/`([a-z]+(?:_[a-z0-9]+)+)`/g)] : [])
      .map(([, name = '']) => name)
      .filter((name) => !identifiers.has(name)),
  ];
}

export function findMissingNames(tree: Tree): string[] {
  const rules = [findPaths(tree), findCommands(tree), findSqlNames(tree)];
  const violations = new Set<string>();
  for (const [path, text] of tree) {
    if (!path.endsWith('.md') || records.test(path)) continue;
    for (const name of rules.flatMap((rule) => rule(path, text))) {
      if (!exceptions.has(name)) violations.add(`${path}: ${name}`);
    }
  }
  return [...violations];
}
