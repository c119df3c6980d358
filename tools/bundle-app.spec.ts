import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appArguments } from '@billing/cluster';

const clone = join(import.meta.dirname, '..');
const apps = ['gateway', 'coordinator', 'ledger-worker'] as const;
const bundleFile = (app: string): string => join(clone, 'apps', app, 'dist/bundle/start.cjs');
/** For a process that is started on a busy machine. */
const TIMEOUT_MS = 60_000;

/** Its output and how it ends, without any configuration. */
async function startBare(app: string): Promise<{ lines: string[]; code: number | null }> {
  const child = spawn(process.execPath, [join(clone, 'apps', app, 'dist/main.js')], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { lines: output.trim().split('\n'), code };
}

describe.each(apps)('%s', (app) => {
  test(
    'says that it is starting before it loads or reads anything else',
    async () => {
      const { lines, code } = await startBare(app);
      expect(JSON.parse(lines[0]!)).toMatchObject({
        level: 30,
        app,
        doing: 'loading modules',
        startMs: expect.any(Number),
        msg: 'starting',
      });
      // Of a configuration that is not there.
      expect(code).toBe(2);
    },
    TIMEOUT_MS,
  );

  test('starts from one file, but for what Nest finds by name', () => {
    const bundle = readFileSync(bundleFile(app), 'utf8');
    const imported = [...bundle.matchAll(/^(?:let .*? = (?:\w+\()?)?require\("([^"]+)"\)/gm)];
    const files = imported
      .map(([, name]) => name!)
      .filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
    expect(imported.length).toBeGreaterThan(files.length);
    expect(files.filter((name) => !/^(@grpc\/|grpc-health-check$|protobufjs)/.test(name))).toEqual(
      [],
    );
  });

  test('starts from the code that V8 kept, under the flags that the cluster starts it with', () => {
    const flags = appArguments(clone, app).slice(0, -1);
    const lifecycle = pathToFileURL(join(clone, 'libs/lifecycle/dist/index.js'));
    const program = `
      import { loadBundle } from ${JSON.stringify(lifecycle)};
      process.stdout.write(loadBundle(new URL(${JSON.stringify(pathToFileURL(bundleFile(app)))})).keptCode);
      process.exit();`;
    const all = [...flags, '--input-type=module', '--eval', program];
    expect(execFileSync(process.execPath, all, { encoding: 'utf8' })).toBe('used');
  });
});

test.each([...apps, 'console'])('%s is built after what it imports, and remembered', (app) => {
  // Nx merges its defaults into a target only where both have one command.
  const { nx } = JSON.parse(readFileSync(join(clone, 'apps', app, 'package.json'), 'utf8')) as {
    nx: { targets: { build: object } };
  };
  expect(nx.targets.build).toMatchObject({
    dependsOn: ['^build'],
    outputs: ['{projectRoot}/dist'],
    cache: true,
  });
});
