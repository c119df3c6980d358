// Packs what an app loads at its start into one file, `dist/bundle/start.js`: node tools/bundle-app.mjs <app>
// Run by the app's build target after tsc. Why: docs/adr/0024-apps-start-from-a-bundle.md.
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const clone = fileURLToPath(new URL('..', import.meta.url));

/** Found by Nest at run time, by name: a copy inside the bundle would be a second one beside it. */
const loadedByName = /^(@grpc\/|grpc-health-check$|protobufjs)/;
/** What Nest, Fastify and pg can work with and nobody here has. */
const absent =
  /^(@fastify\/(multipart|static|view)|@nats-io\/|@nestjs\/(platform-express|websockets)|amqp|class-transformer\/storage|ioredis|mqtt|pg-native)/;

/** A module that looks for files beside itself finds them where they are. */
function keepPlaces(outputFolder) {
  return {
    name: 'keep-places',
    transform(code, file) {
      if (!/\bimport\.meta\.url\b|\b__dirname\b/.test(code)) return null;
      const place = (path) =>
        `new URL(${JSON.stringify(relative(outputFolder, path))}, import.meta.url)`;
      return {
        code: code
          .replaceAll(/\bimport\.meta\.url\b/g, `${place(file)}.href`)
          .replaceAll(/\b__dirname\b/g, `${place(dirname(file))}.pathname`),
        map: null,
      };
    },
  };
}

async function bundleApp(app) {
  const dist = join(clone, 'apps', app, 'dist');
  const outputFolder = join(dist, 'bundle');
  const bundle = await rolldown({
    input: join(dist, 'start.js'),
    platform: 'node',
    plugins: [keepPlaces(outputFolder)],
    external: (id) => loadedByName.test(id) || absent.test(id),
    onLog: (level, log) => {
      // Dependencies' own oddities are theirs; an import that nobody can resolve is ours.
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    },
  });
  await bundle.write({
    dir: outputFolder,
    format: 'esm',
    entryFileNames: 'start.js',
    codeSplitting: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
}

const { positionals } = parseArgs({ allowPositionals: true });
if (positionals.length !== 1) throw new Error('usage: node tools/bundle-app.mjs <app>');
await bundleApp(positionals[0]);
