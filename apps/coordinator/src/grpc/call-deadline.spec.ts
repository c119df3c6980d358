import { setTimeout as sleep } from 'node:timers/promises';
import { CallDeadline } from './call-deadline.js';

const call = (deadline: Date | number) => ({ getDeadline: () => deadline });

describe('the deadline of a call', () => {
  test("is the caller's, or ours when that is earlier or there is none", () => {
    const now = Date.now();
    const remaining = (deadline: Date | number): number =>
      CallDeadline.of(call(deadline), 10_000, now).remainingMs();
    expect(remaining(new Date(now + 1_000))).toBeLessThanOrEqual(1_000);
    expect(remaining(now + 1_000)).toBeGreaterThan(800);
    expect(remaining(now + 60_000)).toBeLessThanOrEqual(10_000);
    expect(remaining(Infinity)).toBeGreaterThan(9_000);
  });

  test('that has passed lets nothing begin', async () => {
    let begun = false;
    const late = CallDeadline.of(call(Date.now() - 1), 10_000);
    const work = late.bound(async () => {
      begun = true;
    });
    await expect(work).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED', retryable: true });
    expect(begun).toBe(false);
  });

  test('ends the wait for work that goes on', async () => {
    const deadline = CallDeadline.of(call(Date.now() + 30), 10_000);
    await expect(deadline.bound(() => sleep(200))).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
  });

  test('passes on what the work answers or throws', async () => {
    const deadline = CallDeadline.of(call(Infinity), 1_000);
    expect(await deadline.bound(async () => 7)).toBe(7);
    await expect(deadline.bound(() => Promise.reject(new Error('x')))).rejects.toThrow('x');
  });
});
