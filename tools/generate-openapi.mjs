#!/usr/bin/env node
// Writes docs/openapi.json from the routes of the built gateway, and the client's types from that; --help says how.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import openapiTS, { STRING, astToString } from 'openapi-typescript';
import prettier from 'prettier';

const usage = `usage: npm run generate [-- --check]
  --check  writes nothing, and fails where what is there differs`;
const clone = new URL('..', import.meta.url);
const file = fileURLToPath(new URL('docs/openapi.json', clone));
const typesFile = fileURLToPath(new URL('libs/client/src/generated/openapi.ts', clone));
const header =
  '// Generated from docs/openapi.json by `npm run generate`: change what the gateway says instead.\n';
const choicesMax = 20;
const load = (path) => import(new URL(`apps/gateway/dist/${path}`, clone));

/** All routes, of a gateway that is made of nothing and never listens: what they say of themselves is all that is read. */
async function listRoutes() {
  await import('reflect-metadata');
  const { NestFactory } = await import('@nestjs/core');
  const { createHttpServer } = await load('http/http-server.js');
  const { RouteList } = await load('http/route-list.js');
  const { GatewayModule } = await load('gateway.module.js');
  const { addFileRoutes } = await load('file-routes.js');
  const routes = new RouteList();
  const log = { debug: () => undefined };
  const limits = { requestTimeoutMs: 1_000 };
  const adapter = createHttpServer({ limits, trustedProxies: [], routes, log });
  addFileRoutes(adapter.getInstance(), routes);
  const nothing = {};
  const module = GatewayModule.register({
    config: { payOut: {}, limits: {} },
    database: nothing,
    coordinator: nothing,
    publisher: nothing,
    readiness: nothing,
    overview: nothing,
    overviewStreams: nothing,
    datacenterCalls: nothing,
    routes,
    log,
  });
  const app = await NestFactory.create(module, adapter, {
    logger: false,
    bodyParser: false,
    abortOnError: false,
  });
  await app.init();
  await app.close();
  return routes;
}

/** What bodies hold, without the paths: those the client asks by itself. */
async function makeTypes({ openapi, info, components }) {
  const schemas = { openapi, info, paths: {}, components: { schemas: components.schemas } };
  const types = await openapiTS(schemas, {
    immutable: true,
    emptyObjectsUnknown: true,
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    // What is chosen at run time, such as a currency, is a string to whoever calls.
    transform: ({ enum: values = [] }) => (values.length > choicesMax ? STRING : undefined),
  });
  const options = await prettier.resolveConfig(typesFile);
  return prettier.format(header + astToString(types), { ...options, filepath: typesFile });
}

async function run(isCheck) {
  const { makeDocument } = await load('openapi/document.js');
  const text = JSON.stringify(makeDocument((await listRoutes()).all));
  const types = await makeTypes(JSON.parse(text));
  if (!isCheck) {
    const options = await prettier.resolveConfig(file);
    writeFileSync(file, await prettier.format(text, { ...options, filepath: file }));
    mkdirSync(dirname(typesFile), { recursive: true });
    writeFileSync(typesFile, types);
    return;
  }
  const forgotten = [
    ...(isDeepStrictEqual(JSON.parse(readFileSync(file, 'utf8')), JSON.parse(text)) ? [] : [file]),
    ...(readFileSync(typesFile, 'utf8') === types ? [] : [typesFile]),
  ];
  if (forgotten.length > 0)
    throw new Error(
      `npm run generate was forgotten: ${forgotten.join(', ')} is not what the routes say`,
    );
}

function readWords() {
  const options = { check: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } };
  return parseArgs({ options }).values;
}

async function main() {
  const { help = false, check = false } = readWords();
  if (help) console.log(usage);
  else await run(check);
}

try {
  await main();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
