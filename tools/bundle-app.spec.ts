import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';

const clone = join(import.meta.dirname, '..');
const apps = ['gateway', 'coordinator', 'ledger-worker'];
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
    const bundle = readFileSync(join(clone, 'apps', app, 'dist/bundle/start.js'), 'utf8');
    const imported = [...bundle.matchAll(/^(?:import|export) .*?["']([^"'\n]+)["'];$/gm)];
    const files = imported
      .map(([, name]) => name!)
      .filter((name) => !builtinModules.includes(name.replace(/^node:/, '')));
    expect(imported.length).toBeGreaterThan(files.length);
    expect(files.filter((name) => !/^(@grpc\/|grpc-health-check$|protobufjs)/.test(name))).toEqual(
      [],
    );
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
