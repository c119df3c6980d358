import { HistoryRing, STEP_MS } from './history-ring.js';

describe('the last hour', () => {
  test('is kept in steps, each with the highest value seen in it', () => {
    const ring = new HistoryRing(0);
    ring.add({ lag_seconds: 1, applied: 10 }, 1_000);
    ring.add({ lag_seconds: 7 }, 2_000);
    ring.add({ lag_seconds: 3 }, 9_999);
    ring.add({ lag_seconds: 2 }, STEP_MS);
    expect(ring.points('lag_seconds')).toEqual([
      [0, 7],
      [STEP_MS, 2],
    ]);
  });

  test('says where nothing was known', () => {
    const ring = new HistoryRing(0);
    ring.add({ applied: 10 }, 0);
    ring.add({}, STEP_MS);
    expect(ring.points('applied')).toEqual([
      [0, 10],
      [STEP_MS, null],
    ]);
  });

  test('is bounded', () => {
    const ring = new HistoryRing(0);
    for (let n = 0; n < 1_000; n += 1) ring.add({ applied: n }, n * STEP_MS);
    expect(ring.points('applied')).toHaveLength(360);
    expect(ring.points('applied')[0]).toEqual([640 * STEP_MS, 640]);
  });
});
