import type { Tree } from './tree.js';

const controllers = /^apps\/gateway\/src\/.*\.controller\.ts$/;
const apiPath = 'docs/api.md';
/** One row stands for these; the section that it points to lists them. */
const datacenters = '/v1/operations/datacenters/{}/';

/** `v1/accounts/:id` and `/v1/accounts/{id}?force=` are the same route: names of parameters do not count. */
const normal = (path: string): string =>
  `/${path}`
    .replace(/\?.*/, '')
    .replace(/:\w+|\{\w+\}/g, '{}')
    .replace(/\/+/g, '/')
    .replace(/(.)\/$/, '$1');

function routesIn(text: string): string[] {
  const routes: string[] = [];
  let prefix = '';
  const decorator = /^ *@(Controller|Get|Post|Put|Patch|Delete)\((?:'([^']*)')?/gm;
  for (const [, kind = '', path = ''] of text.matchAll(decorator)) {
    if (kind === 'Controller') prefix = path;
    else routes.push(`${kind.toUpperCase()} ${normal(`${prefix}/${path}`)}`);
  }
  return routes;
}

/** The first column: `GET /v1/x {body}`, then `…/x/y` of the same method, `…` being what the last `/x` followed. */
function routesOfTable(text: string): string[] {
  const routes: string[] = [];
  for (const [, column = ''] of text.matchAll(/^\| (`(?:[A-Z]+|…) ?\/[^|]*)\| /gm)) {
    for (const [, words = ''] of column.matchAll(/`([^`]+)`/g)) {
      const [, method, path = ''] = /^(?:([A-Z]+) )?…?\s?(\/[^\s]*)/.exec(words) ?? [];
      const [lastMethod, lastPath = ''] = (routes.at(-1) ?? '').split(' ');
      if (words.startsWith('… ')) continue;
      const start = words.startsWith('…')
        ? lastPath.slice(0, lastPath.lastIndexOf(path.slice(0, path.indexOf('/', 1))))
        : '';
      routes.push(`${method ?? lastMethod} ${normal(start + path)}`);
    }
  }
  return routes;
}

/** The block below "Other datacenters": `GET   a?…      GET   b`, `POST  a/b, …/c, d`. */
function routesOfDatacenters(text: string): string[] {
  const section = text.slice(text.indexOf('### Other datacenters'));
  const [, block = ''] = /```\n([\s\S]*?)```/.exec(section) ?? [];
  return [...block.matchAll(/(GET|POST) +((?:\S+, )*\S+)/g)].flatMap(([, method, list = '']) => {
    let last = '';
    return list.split(', ').map((item) => {
      last = item.startsWith('…') ? last.replace(/\/[^/]*$/, item.slice(1)) : item;
      return `${method} ${normal(datacenters + last.replace(/\?.*/, ''))}`;
    });
  });
}

export function findRouteGaps(tree: Tree): string[] {
  const api = tree.get(apiPath) ?? '';
  const told = new Set([...routesOfTable(api), ...routesOfDatacenters(api)]);
  const there = new Set(
    [...tree].flatMap(([path, text]) => (controllers.test(path) ? routesIn(text) : [])),
  );
  return [
    ...[...there].filter((route) => !told.has(route)).map((r) => `not in ${apiPath}: ${r}`),
    ...[...told].filter((route) => !there.has(route)).map((r) => `no route: ${r}`),
  ];
}
