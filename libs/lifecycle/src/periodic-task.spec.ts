import { setTimeout as sleep } from 'node:timers/promises';
import { jest } from '@jest/globals';
import { PeriodicTask, UNTIL_TRIGGERED } from './index.js';

const noError = (error: unknown): void => {
  throw error;
};

describe('a periodic task', () => {
  test('runs at once and again when triggered, never two rounds at a time', async () => {
    let running = 0;
    let rounds = 0;
    let overlap = false;
    const task = new PeriodicTask({
      intervalMs: 60_000,
      run: async () => {
        running += 1;
        overlap ||= running > 1;
        await sleep(5);
        rounds += 1;
        running -= 1;
      },
      onError: noError,
    });
    task.start();
    task.trigger();
    await sleep(50);
    task.trigger();
    await sleep(50);
    await task.stop();
    expect({ rounds, overlap }).toEqual({ rounds: 3, overlap: false });
  });

  test('goes on after a round that threw', async () => {
    const errors: unknown[] = [];
    let rounds = 0;
    const task = new PeriodicTask({
      intervalMs: 1,
      run: () => {
        rounds += 1;
        return rounds === 1 ? Promise.reject(new Error('once')) : Promise.resolve();
      },
      onError: (error) => errors.push(error),
    });
    task.start();
    await sleep(50);
    await task.stop();
    expect(errors).toHaveLength(1);
    expect(rounds).toBeGreaterThan(1);
  });

  test('stops within a wait, and waits for a round under way', async () => {
    let finished = false;
    const task = new PeriodicTask({
      intervalMs: 60_000,
      run: async () => {
        await sleep(20);
        finished = true;
      },
      onError: noError,
    });
    task.start();
    await task.stop();
    expect(finished).toBe(true);
  });

  describe('beside others of its process', () => {
    beforeEach(() => jest.useFakeTimers());
    afterEach(() => jest.useRealTimers());

    /** When its rounds began. */
    function timesOf(intervalMs: number): {
      readonly task: PeriodicTask;
      readonly times: number[];
    } {
      const times: number[] = [];
      const run = (): Promise<void> => Promise.resolve(void times.push(performance.now()));
      return { task: new PeriodicTask({ intervalMs, run, onError: noError }), times };
    }

    test('runs with them, and never later than its interval after the round before', async () => {
      const [often, seldom] = [timesOf(1_000), timesOf(5_000)];
      often.task.start();
      await jest.advanceTimersByTimeAsync(1_300);
      seldom.task.start();
      await jest.advanceTimersByTimeAsync(20_000);
      await Promise.all([often.task.stop(), seldom.task.stop()]);
      for (const { times, most } of [
        { ...often, most: 1_000 },
        { ...seldom, most: 5_000 },
      ]) {
        const waits = times.slice(1).map((time, index) => time - times[index]!);
        expect(Math.max(...waits)).toBeLessThanOrEqual(most);
        // The first waits alone are shorter.
        expect(Math.min(...waits)).toBeGreaterThanOrEqual(most / 2);
        expect(Math.min(...waits.slice(2))).toBeGreaterThan(most - 10);
      }
      expect(seldom.times.length).toBeGreaterThan(4);
      const beats = often.times.map(Math.round);
      for (const time of seldom.times.slice(2)) expect(beats).toContain(Math.round(time));
    });

    test('rests half of its interval after a round that took long', async () => {
      const ends: number[] = [];
      const begins: number[] = [];
      const run = async (): Promise<void> => {
        begins.push(performance.now());
        await new Promise((resolve) => setTimeout(resolve, 950));
        ends.push(performance.now());
      };
      const task = new PeriodicTask({ intervalMs: 1_000, run, onError: noError });
      task.start();
      await jest.advanceTimersByTimeAsync(20_000);
      const stopped = task.stop();
      await jest.advanceTimersByTimeAsync(1_000);
      await stopped;
      const rests = begins.slice(1).map((time, index) => time - ends[index]!);
      expect(rests.length).toBeGreaterThan(10);
      expect(Math.min(...rests)).toBeGreaterThanOrEqual(499);
      expect(Math.max(...rests)).toBeLessThanOrEqual(1_000);
    });

    test('below a second keeps its own time', async () => {
      const { task, times } = timesOf(300);
      task.start();
      await jest.advanceTimersByTimeAsync(1_000);
      await task.stop();
      expect(times.map((time) => Math.round(time - times[0]!))).toEqual([0, 300, 600, 900]);
    });

    test('that waits until it is triggered runs at its start and then', async () => {
      let rounds = 0;
      const run = (): Promise<typeof UNTIL_TRIGGERED> => {
        rounds += 1;
        return Promise.resolve(UNTIL_TRIGGERED);
      };
      const task = new PeriodicTask({ intervalMs: 10, run, onError: noError });
      task.start();
      await jest.advanceTimersByTimeAsync(86_400_000);
      expect(rounds).toBe(1);
      task.trigger();
      await jest.advanceTimersByTimeAsync(10);
      await task.stop();
      expect(rounds).toBe(2);
    });
  });
});
