// Packs libs/client as services elsewhere install it: @geo-billing/client, one file that needs no other package, and its
// types. After its build: node tools/pack-client.mjs [--out <folder>]; prints the archive, which `npm publish` takes.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';

const clone = fileURLToPath(new URL('..', import.meta.url));
const library = join(clone, 'libs/client');
const published = join(library, 'published');

async function bundleCode(folder) {
  const bundle = await rolldown({
    input: join(library, 'dist/index.js'),
    platform: 'node',
    // Of libs/contracts a few functions are used: what the rest of it imports is left out with it.
    treeshake: { moduleSideEffects: false },
    onLog: (level, log) => {
      if (log.code === 'UNRESOLVED_IMPORT') throw new Error(log.message);
    },
  });
  await bundle.write({ file: join(folder, 'index.js'), format: 'esm' });
  await bundle.close();
}

function copyTypes(folder) {
  const files = readdirSync(join(library, 'dist')).filter((file) => file.endsWith('.d.ts'));
  for (const file of files) {
    const text = readFileSync(join(library, 'dist', file), 'utf8');
    if (text.includes('@billing/'))
      throw new Error(`${file} has types of a package that stays here`);
    writeFileSync(join(folder, file), text.replace(/^\/\/# sourceMappingURL=.*$/m, ''));
  }
}

function describePackage(folder) {
  const description = JSON.parse(readFileSync(join(published, 'package.json'), 'utf8'));
  const { version } = JSON.parse(readFileSync(join(library, 'package.json'), 'utf8'));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...description, version }, null, 2));
  copyFileSync(join(published, 'README.md'), join(folder, 'README.md'));
  copyFileSync(join(clone, 'LICENSE'), join(folder, 'LICENSE'));
}

const { values } = parseArgs({
  options: { out: { type: 'string', default: join(library, 'dist') } },
});
const out = resolve(values.out);
const folder = join(out, 'package');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await bundleCode(folder);
copyTypes(folder);
describePackage(folder);
const pack = ['pack', '--offline', '--json', '--pack-destination', out];
const [{ filename }] = JSON.parse(execFileSync('npm', pack, { cwd: folder, encoding: 'utf8' }));
console.log(join(out, filename));
