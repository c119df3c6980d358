// Packs what an app loads at its start into one file, `dist/bundle/start.cjs`, and keeps beside it the code that V8
// makes of it under the flags that the app is started with: node tools/bundle-app.mjs <app> [--v8=<flag>]...
// Run by the app's build target after tsc. Why: docs/adr/0024-apps-start-from-a-bundle.md.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
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
      const place = (path) => `new URL(${JSON.stringify(relative(outputFolder, path))}, bundleUrl)`;
      return {
        code: code
          .replaceAll(/\bimport\.meta\.url\b/g, `${place(file)}.href`)
          .replaceAll(/\b__dirname\b/g, `${place(dirname(file))}.pathname`),
        map: null,
      };
    },
  };
}

/** Code that was kept of one build is not taken for another's. */
const withId = {
  name: 'with-id',
  renderChunk(code) {
    const id = createHash('sha256').update(code).digest('hex');
    return { code: `${code}\n// bundle ${id}\n`, map: null };
  },
};

/** Returns the bundle's file. */
async function bundleApp(app) {
  const dist = join(clone, 'apps', app, 'dist');
  const outputFolder = join(dist, 'bundle');
  const bundle = await rolldown({
    input: join(dist, 'start.js'),
    platform: 'node',
    plugins: [keepPlaces(outputFolder), withId],
    external: (id) => loadedByName.test(id) || absent.test(id),
    onLog: (level, log) => {
      // Dependencies' own oddities are theirs; an import that nobody can resolve is ours.
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    },
  });
  await bundle.write({
    dir: outputFolder,
    format: 'cjs',
    // V8 calls back for an import() of a script, which Node has as an experiment only.
    dynamicImportInCjs: false,
    entryFileNames: 'start.cjs',
    banner: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;",
    codeSplitting: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  });
  await bundle.close();
  return join(outputFolder, 'start.cjs');
}

/** In a process of its own: flags of V8 are for a whole process. */
function keepCode(file, v8Flags) {
  const lifecycle = pathToFileURL(join(clone, 'libs/lifecycle/dist/index.js')).href;
  const [from, of] = [lifecycle, pathToFileURL(file).href].map((url) => JSON.stringify(url));
  const program = `import { keepCode } from ${from}; keepCode(new URL(${of})); process.exit();`;
  execFileSync(process.execPath, [...v8Flags, '--input-type=module', '--eval', program], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 60_000,
  });
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { v8: { type: 'string', multiple: true, default: [] } },
});
if (positionals.length !== 1)
  throw new Error('usage: node tools/bundle-app.mjs <app> [--v8=<flag>]...');
keepCode(await bundleApp(positionals[0]), values.v8);
