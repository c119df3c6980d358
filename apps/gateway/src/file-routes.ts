import type { FastifyInstance } from 'fastify';
import { addConsole } from './console/console-files.js';
import { addProblemPages } from './http/problem-pages.js';
import type { RouteList } from './http/route-list.js';
import { addDocumentPage } from './openapi/document-page.js';
import { addDocument } from './openapi/document-routes.js';

/** Routes without a controller: what they answer is the same for everybody, and asks nobody. */
export function addFileRoutes(server: FastifyInstance, routes: RouteList): void {
  addConsole(server);
  addProblemPages(server);
  addDocument(server, routes);
  addDocumentPage(server);
}
