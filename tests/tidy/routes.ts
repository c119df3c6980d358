import type { Tree } from './tree.js';

export const controllers = /^apps\/gateway\/src\/.*\.controller\.ts$/;
const apiPath = 'docs/api.md';
/** One row stands for these; the section that it points to lists them. */
const datacenters = '/v1/operations/datacenters/{}/';

/** `v1/accounts/:id` and `/v1/accounts/{id}?force=` are the same route: names of parameters do not count. */
export const normal = (path: string): string =>
  `/${path}`
    .replace(/\?.*/, '')
    .replace(/:\w+|\{\w+\}/g, '{}')
    .replace(/\/+/g, '/')
    .replace(/(.)\/$/, '$1');

/** Which scope each route wants. */
type Scopes = Map<string, string>;

export function routesIn(text: string): Scopes {
  const routes: Scopes = new Map();
  let prefix = '';
  let route = '';
  const decorator = /^ *@(Controller|Get|Post|Put|Patch|Delete|Access)\((?:'([^']*)')?/gm;
  for (const [, kind = '', argument = ''] of text.matchAll(decorator)) {
    if (kind === 'Controller') prefix = argument;
    else if (kind === 'Access') routes.set(route, argument === 'public' ? 'none' : argument);
    else {
      route = `${kind.toUpperCase()} ${normal(`${prefix}/${argument}`)}`;
      routes.set(route, 'nobody says which');
    }
  }
  return routes;
}

/** Two columns, of which the second is the scope. The first: `GET /v1/x {body}`, then `…/x/y` of the same method, `…` being what the last `/x` followed. */
function routesOfTable(text: string): Scopes {
  const scopes: Scopes = new Map();
  const routes: string[] = [];
  const row = /^\| (`(?:[A-Z]+|…) ?\/[^|]*)\|([^|]*)\| /gm;
  for (const [, column = '', scope = ''] of text.matchAll(row)) {
    for (const [, words = ''] of column.matchAll(/`([^`]+)`/g)) {
      const [, method, path = ''] = /^(?:([A-Z]+) )?…?\s?(\/[^\s]*)/.exec(words) ?? [];
      const [lastMethod, lastPath = ''] = (routes.at(-1) ?? '').split(' ');
      if (words.startsWith('… ')) continue;
      const start = words.startsWith('…')
        ? lastPath.slice(0, lastPath.lastIndexOf(path.slice(0, path.indexOf('/', 1))))
        : '';
      const route = `${method ?? lastMethod} ${normal(start + path)}`;
      routes.push(route);
      scopes.set(route, scope.trim());
    }
  }
  return scopes;
}

/** The block below "Other datacenters": `GET   a?…      GET   b`, `POST  a/b, …/c, d`; looking and acting. */
function routesOfDatacenters(text: string): Scopes {
  const section = text.slice(text.indexOf('### Other datacenters'));
  const [, block = ''] = /```\n([\s\S]*?)```/.exec(section) ?? [];
  const routes: Scopes = new Map();
  for (const [, method, list = ''] of block.matchAll(/(GET|POST) +((?:\S+, )*\S+)/g)) {
    let last = '';
    for (const item of list.split(', ')) {
      last = item.startsWith('…') ? last.replace(/\/[^/]*$/, item.slice(1)) : item;
      const route = `${method} ${normal(datacenters + last.replace(/\?.*/, ''))}`;
      routes.set(route, method === 'GET' ? 'operator:read' : 'operator:act');
    }
  }
  return routes;
}

export function findRouteGaps(tree: Tree): string[] {
  const api = tree.get(apiPath) ?? '';
  const told = new Map([...routesOfTable(api), ...routesOfDatacenters(api)]);
  const there = new Map(
    [...tree].flatMap(([path, text]) => (controllers.test(path) ? [...routesIn(text)] : [])),
  );
  return [
    ...[...there.keys()].filter((route) => !told.has(route)).map((r) => `not in ${apiPath}: ${r}`),
    ...[...told.keys()].filter((route) => !there.has(route)).map((r) => `no route: ${r}`),
    ...[...there].flatMap(([route, scope]) => {
      const said = told.get(route) ?? scope;
      return said === scope ? [] : [`${apiPath} says ${said}: ${route} wants ${scope}`];
    }),
  ];
}
