import type { FastifyInstance } from 'fastify';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname } from 'node:path';
import type { RouteAccess } from '../http/access.js';
import { fileTypes, makeFile, sendFile, type StaticFile } from '../http/static-files.js';

const ROOT = '/docs';
const PAGE = 'index.html';
/** Of the viewer; it asks no other host for anything. */
const viewerFiles = ['swagger-ui-bundle.js', 'swagger-ui.css'] as const;

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Geo-distributed billing: HTTP API</title>
<link rel="icon" href="/console/icon.svg">
<link rel="stylesheet" href="${ROOT}/swagger-ui.css">
</head>
<body>
<main id="viewer"></main>
<script src="${ROOT}/swagger-ui-bundle.js"></script>
<script src="${ROOT}/start.js"></script>
</body>
</html>
`;

const start = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#viewer',
  deepLinking: true,
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
`;

/** Shows /openapi.json to people, by Swagger UI. Its files are read once somebody asks. */
export function addDocumentPage(server: FastifyInstance): void {
  const config: RouteAccess = {
    scope: 'public',
    operation: { leftOut: 'a page about the document, for browsers' },
  };
  let files: ReadonlyMap<string, StaticFile> | undefined;
  const find = (name: string): StaticFile | undefined => (files ??= readFiles()).get(name);
  server.get(`${ROOT}`, { config }, (request, reply) => sendFile(request, reply, find(PAGE)));
  server.get(`${ROOT}/:file`, { config }, (request, reply) =>
    sendFile(request, reply, find((request.params as { file: string }).file)),
  );
}

function readFiles(): ReadonlyMap<string, StaticFile> {
  const texts = new Map([
    [PAGE, page],
    ['start.js', start],
  ]);
  const { resolve } = createRequire(import.meta.url);
  for (const name of viewerFiles) {
    texts.set(name, readFileSync(resolve(`swagger-ui-dist/${name}`), 'utf8'));
  }
  const { style, images } = takeImages(texts.get('swagger-ui.css') ?? '');
  texts.set('swagger-ui.css', style);
  const files = [...texts].map(([name, text]) => [name, Buffer.from(text)] as const);
  return new Map(
    [...files, ...images].map(([name, bytes]) => [
      name,
      makeFile(fileTypes[extname(name)]!, bytes),
    ]),
  );
}

/** Images stand in the style as data:, which the policy refuses; as files they are let in. */
export function takeImages(style: string): {
  readonly style: string;
  readonly images: ReadonlyMap<string, Buffer>;
} {
  const images = new Map<string, Buffer>();
  const image =
    /url\((?:"data:image\/([a-z]+)(?:\+xml)?(;[^,]*)?,((?:[^"\\]|\\.)*)"|data:image\/([a-z]+)(;base64),([^)]*))\)/g;
  const replaced = style.replace(image, (_, ...parts: (string | undefined)[]) => {
    const [type = parts[3], options = parts[4] ?? '', data = parts[5] ?? ''] = parts;
    const name = `image-${images.size + 1}.${type}`;
    // In CSS a backslash stands before a quotation mark.
    const bytes = options.includes('base64')
      ? Buffer.from(data, 'base64')
      : Buffer.from(decodeURIComponent(data.replaceAll(/\\(.)/g, '$1')));
    images.set(name, bytes);
    return `url(${ROOT}/${name})`;
  });
  return { style: replaced, images };
}
