import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { createLog, Metrics, Reading } from './index.js';

const log = createLog({ app: 'spec', nodeId: 1, level: 'silent' });
const create = (): Metrics => new Metrics({ app: 'spec', nodeId: 7 });
const linesOf = async (metrics: Metrics, name: string): Promise<string[]> =>
  (await metrics.expose()).text.split('\n').filter((line) => line.startsWith(name));
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await sleep(2);
};

afterEach(() => jest.restoreAllMocks());

describe('a reading', () => {
  test('is absent before the first answer and while there is none, never frozen', async () => {
    const metrics = create();
    const plain = metrics.gauge('billing_spec_waiting', 'Of a spec.');
    const labelled = metrics.gauge('billing_spec_peers', 'Of a spec.', ['peer']);
    let answers: (() => Promise<number>) | undefined;
    const reading = new Reading(metrics, {
      name: 'spec',
      intervalMs: 1,
      gauges: [plain, labelled],
      read: () => answers?.() ?? Promise.reject(new Error('away')),
      show: (value) => {
        plain.set(value);
        labelled.labels(String(value)).set(1);
      },
      log,
    });
    const shown = () => linesOf(metrics, 'billing_spec');
    expect(await shown()).toEqual([]);
    reading.start();
    answers = () => Promise.resolve(4);
    await until(async () => (await shown()).length === 2);
    expect(await shown()).toEqual([
      'billing_spec_waiting{app="spec",node="7"} 4',
      'billing_spec_peers{peer="4",app="spec",node="7"} 1',
    ]);
    // A label that is gone is gone.
    answers = () => Promise.resolve(5);
    await until(async () => (await shown()).join().includes('peer="5"'));
    expect((await shown()).join()).not.toContain('peer="4"');
    answers = undefined;
    await until(async () => (await shown()).length === 0);
    await reading.stop();
    const [failures] = await linesOf(metrics, 'billing_metrics_read_errors_total');
    expect(failures).toMatch(/^billing_metrics_read_errors_total\{reading="spec",.+\} [1-9]/);
    const [readAt] = await linesOf(metrics, 'billing_metrics_read_timestamp_seconds');
    expect(Math.abs(Number(readAt!.split(' ')[1]) - Date.now() / 1000)).toBeLessThan(60);
  });

  test('shows no figure for longer than it is fresh, though the clock is set back', async () => {
    const reading = new Reading(create(), {
      name: 'spec',
      intervalMs: 60_000,
      read: () => Promise.resolve(7),
      log,
    });
    expect(reading.state()).toEqual({ value: undefined, failure: 'not read yet' });
    reading.start();
    await until(() => Promise.resolve(reading.state().value === 7));
    await reading.stop();
    const steadyMs = performance.now();
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    jest.spyOn(performance, 'now').mockReturnValue(steadyMs + 11_000);
    expect(reading.state()).toEqual({ value: undefined, failure: 'no answer' });
  });

  test('says why it has none, and asks more often while somebody watches', async () => {
    let reads = 0;
    let isWatched = false;
    const reading = new Reading(create(), {
      name: 'spec',
      intervalMs: () => (isWatched ? 1 : 60_000),
      read: () => {
        reads += 1;
        return Promise.reject(new Error('away'));
      },
      log,
    });
    reading.start();
    await until(() => Promise.resolve(reading.state().failure === 'away'));
    expect(reads).toBe(1);
    isWatched = true;
    reading.trigger();
    await until(() => Promise.resolve(reads > 3));
    await reading.stop();
  });
});
