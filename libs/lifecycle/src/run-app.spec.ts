import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** For a process that is started on a busy machine. */
const TIMEOUT_MS = 60_000;
const library = join(import.meta.dirname, '../dist/index.js');

/** What a process says and how it ends that runs an app with these two; SIGTERM comes when it says `kill me`. */
async function run(
  start: string,
  stop = '',
  stopDeadlineMs = 10_000,
): Promise<{ said: string[]; code: number | null }> {
  const script = `
    import { runApp, StartProgress } from ${JSON.stringify(library)};
    import { setTimeout as sleep } from 'node:timers/promises';
    const say = (message) => process.stdout.write(message + '\\n');
    await runApp(StartProgress.begin({ app: 'spec', write: () => undefined }), {
      name: 'spec',
      stopDeadlineMs: ${stopDeadlineMs},
      log: { info: say, error: (_, message) => say(message), fatal: (_, message) => say(message) },
      makeApp: (fail) => ({
        start: async () => { const open = setInterval(() => undefined, 1_000); ${start} },
        stop: async () => { ${stop} },
      }),
    });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
    if (chunk.includes('kill me')) child.kill('SIGTERM');
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { said: output.trim().split('\n'), code };
}

describe('an app', () => {
  test(
    'ends by its stop when it is told to',
    async () => {
      expect(await run("say('kill me');", "say('letting go');")).toEqual({
        said: ['kill me', 'stopping', 'letting go', 'stopped'],
        code: 0,
      });
    },
    TIMEOUT_MS,
  );

  test(
    'says that it could not start',
    async () => {
      expect(await run("throw new Error('no port');")).toEqual({
        said: ['the spec could not start'],
        code: 1,
      });
    },
    TIMEOUT_MS,
  );

  test(
    'that is told to stop while it starts does not call that a failure',
    async () => {
      const start = "say('kill me'); await sleep(50); throw new Error('the pool is closed');";
      expect(await run(start, 'await sleep(100);')).toEqual({
        said: ['kill me', 'stopping', 'stopped'],
        code: 0,
      });
    },
    TIMEOUT_MS,
  );

  test(
    'that cannot go on says why, stops and ends with 1',
    async () => {
      expect(await run("fail(new Error('fenced'), 'another one is at work');")).toEqual({
        said: ['another one is at work', 'stopping', 'stopped'],
        code: 1,
      });
    },
    TIMEOUT_MS,
  );

  test(
    'ends with 1 when its stop takes longer than it may',
    async () => {
      expect(await run("say('kill me');", 'await sleep(10_000);', 100)).toEqual({
        said: ['kill me', 'stopping', 'stopping took too long'],
        code: 1,
      });
    },
    TIMEOUT_MS,
  );

  test(
    'ends with 1 when its stop fails',
    async () => {
      expect(await run("say('kill me');", "throw new Error('no');")).toEqual({
        said: ['kill me', 'stopping', 'stopping failed'],
        code: 1,
      });
    },
    TIMEOUT_MS,
  );
});
