import { controllers, normal, routesIn } from './routes.js';
import type { Tree } from './tree.js';

const rowsPath = 'tests/cluster/access/gateway-rows.ts';
const managementPath = 'libs/observability/src/management-server.ts';
const gatewayFiles = /^apps\/gateway\/src\/(?!.*\.spec\.ts$).*\.ts$/;

/** What is added without a controller: server.get(`${ROOT}/*`). */
function addedIn(text: string): string[] {
  const [, root = ''] = /^const ROOT = '([^']*)';$/m.exec(text) ?? [];
  const added = text.matchAll(/\bserver\.(get|post|put|patch|delete)\(`\$\{ROOT\}([^`]*)`/g);
  return [...added].map(
    ([, method = '', rest = '']) => `${method.toUpperCase()} ${normal(root + rest)}`,
  );
}

const managed = (text: string): string[] =>
  [...text.matchAll(/url [!=]== '(\/[^']*)'/g)].map(
    ([, path]) => `GET ${path} at the management port`,
  );

/** `GET /v1/accounts/{id} by force`: of a row that says how else it is asked, the route. */
function rowsIn(text: string): string[] {
  return [...text.matchAll(/^ {2}'([A-Z]+ \/[^']*)':/gm)].map(([, name = '']) => {
    const [method, path = ''] = name.split(' ');
    const where = ' at the management port';
    return `${method} ${normal(path)}${name.endsWith(where) ? where : ''}`;
  });
}

/** A route that no row of the table asks without a token, as a stranger, too often. */
export function findRowlessRoutes(tree: Tree): string[] {
  const rows = new Set(rowsIn(tree.get(rowsPath) ?? ''));
  const there = new Set(managed(tree.get(managementPath) ?? ''));
  for (const [path, text] of tree) {
    if (controllers.test(path)) for (const route of routesIn(text).keys()) there.add(route);
    if (gatewayFiles.test(path)) for (const route of addedIn(text)) there.add(route);
  }
  return [
    ...[...there]
      .filter((route) => !rows.has(route))
      .map((route) => `no row in ${rowsPath}: ${route}`),
    ...[...rows]
      .filter((row) => !there.has(row))
      .map((row) => `${rowsPath} has a row of no route: ${row}`),
  ];
}
