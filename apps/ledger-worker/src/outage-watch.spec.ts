import { DatabaseError } from '@billing/database';
import type { Log } from '@billing/observability';
import { OutageWatch } from './outage-watch.js';

const failure = (code: string): DatabaseError =>
  new DatabaseError(code, 'apply_pay_ins', new Error(`as ${code} says`));

function watchOf() {
  const said: unknown[] = [];
  let nowMs = 0;
  const log = {
    warn: ({ partition, kind }: { partition: number; kind: string }) =>
      said.push([partition, kind]),
    info: ({ partition, waitedMs }: { partition: number; waitedMs: number }) =>
      said.push([partition, 'over', waitedMs]),
  } as unknown as Log;
  const watch = new OutageWatch(log, () => nowMs);
  return { watch, said, pass: (ms: number) => (nowMs += ms) };
}

describe('an outage', () => {
  test('is said at first, when it becomes another, and every five seconds, not at each try', () => {
    const { watch, said, pass } = watchOf();
    for (let n = 0; n < 10; n += 1, pass(400)) watch.note(3, failure('25006'));
    expect(said).toEqual([[3, 'away']]);
    watch.note(3, failure('57014'));
    expect(said.at(-1)).toEqual([3, 'timeout']);
    pass(4_900);
    watch.note(3, failure('57014'));
    expect(said).toHaveLength(2);
    pass(100);
    watch.note(3, failure('57014'));
    expect(said).toHaveLength(3);
    watch.end(3);
    expect(said.at(-1)).toEqual([3, 'over', 9_000]);
  });

  test('is a failure of the readiness once it has lasted a second, until it is over', () => {
    const { watch, said, pass } = watchOf();
    watch.note(3, failure('25006'));
    watch.note(4, failure('53100'));
    expect(watch.failure()).toBeUndefined();
    pass(2_000);
    expect(watch.failure()).toBe(
      'partitions 3, 4 wait for it, for 2 s: apply_pay_ins: as 25006 says (away)',
    );
    watch.end(3);
    expect(watch.failure()).toContain('partitions 4 wait for it, for 2 s');
    watch.end(4);
    watch.end(4);
    expect(watch.failure()).toBeUndefined();
    expect(said).toHaveLength(4);
  });

  test('that is over within a second, such as a deadlock, is no failure', () => {
    const { watch, said, pass } = watchOf();
    watch.note(3, failure('40P01'));
    pass(50);
    watch.end(3);
    expect(watch.failure()).toBeUndefined();
    expect(said).toEqual([[3, 'conflict']]);
  });
});
