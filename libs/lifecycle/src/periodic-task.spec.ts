import { setTimeout as sleep } from 'node:timers/promises';
import { PeriodicTask } from './index.js';

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
});
