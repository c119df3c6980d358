import { setTimeout as sleep } from 'node:timers/promises';
import { StartProgress } from './index.js';

describe('the progress of a start', () => {
  test('is told at once, again as long as it lasts with the step it is at, and no more after its end', async () => {
    const lines: Record<string, unknown>[] = [];
    const write = (line: string): unknown => lines.push(JSON.parse(line));
    const progress = StartProgress.begin({ app: 'gateway', write, everyMs: 20 });
    expect(lines).toEqual([
      {
        level: 30,
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        app: 'gateway',
        pid: process.pid,
        runtime: `node ${process.version}`,
        doing: 'loading modules',
        startMs: expect.any(Number),
        startCpuMs: expect.any(Number),
        msg: 'starting',
      },
    ]);
    await progress.step('asking PostgreSQL which node it is', () => sleep(100));
    expect(lines.at(-1)).toMatchObject({
      level: 40,
      doing: 'asking PostgreSQL which node it is',
      msg: 'still starting',
    });
    expect(progress.end().startMs).toBeGreaterThan(100);
    const told = lines.length;
    await sleep(60);
    expect(lines).toHaveLength(told);
  });
});
