import { findAges } from './unapplied-age.js';

const NOW_MS = 10_000_000_000;

/** A broker whose partitions hold messages of these ages, oldest first, from offset 100 on. */
function brokerWith(agesMs: Record<number, readonly number[]>) {
  const asked: number[] = [];
  const offsetsAt = (timestampMs: number): Promise<ReadonlyMap<number, bigint>> => {
    asked.push(timestampMs);
    return Promise.resolve(
      new Map(
        Object.entries(agesMs).map(([partition, ages]) => {
          const index = ages.findIndex((age) => NOW_MS - age >= timestampMs);
          return [Number(partition), 100n + BigInt(index === -1 ? ages.length : index)];
        }),
      ),
    );
  };
  return { offsetsAt, asked };
}

describe('the age of the oldest unapplied message', () => {
  test('is found to within 5 %, and never too low', async () => {
    for (const age of [300, 1_000, 7_500, 60_000, 3_600_000, 500_000_000]) {
      const { offsetsAt, asked } = brokerWith({ 0: [age * 2, age, age / 2] });
      const found = (await findAges(new Map([[0, 101n]]), offsetsAt, { nowMs: NOW_MS })).get(0)!;
      expect(found).toBeGreaterThanOrEqual(age);
      expect(found).toBeLessThanOrEqual(age * 1.06 + 250);
      expect(asked.length).toBeLessThanOrEqual(24);
    }
  });

  test('costs one question while everything is fresh', async () => {
    const { offsetsAt, asked } = brokerWith({ 0: [90_000, 40], 1: [60], 2: [10] });
    const ages = await findAges(
      new Map([
        [0, 101n],
        [1, 100n],
        [2, 100n],
      ]),
      offsetsAt,
      { nowMs: NOW_MS },
    );
    expect([...ages.values()]).toEqual([250, 250, 250]);
    expect(asked).toHaveLength(1);
  });

  test('costs nothing when there is no lag', async () => {
    const { offsetsAt, asked } = brokerWith({ 0: [90_000] });
    expect(await findAges(new Map(), offsetsAt, { nowMs: NOW_MS })).toEqual(new Map());
    expect(asked).toEqual([]);
  });

  test('of many partitions costs a bounded number of questions, and is never too low', async () => {
    const ages = Array.from({ length: 12 }, (_, partition) => 1_000 * 3 ** partition);
    const { offsetsAt, asked } = brokerWith(Object.fromEntries(ages.map((age, i) => [i, [age]])));
    const found = await findAges(new Map(ages.map((_, i) => [i, 100n])), offsetsAt, {
      nowMs: NOW_MS,
    });
    for (const [partition, age] of ages.entries()) {
      expect(found.get(partition)).toBeGreaterThanOrEqual(age);
      expect(found.get(partition)).toBeLessThanOrEqual(4 * age + 250);
    }
    expect(asked.length).toBeLessThanOrEqual(24);
  });

  test('is not asked for once all is to stop', async () => {
    const { offsetsAt, asked } = brokerWith({ 0: [90_000] });
    await findAges(new Map([[0, 100n]]), offsetsAt, { stopping: AbortSignal.abort() });
    expect(asked).toEqual([]);
  });

  test('is what is known for certain when the broker never says enough', async () => {
    const ages = await findAges(new Map([[0, 5n]]), () => Promise.resolve(new Map([[0, 100n]])), {
      nowMs: NOW_MS,
    });
    expect(ages.get(0)).toBe(NOW_MS);
  });
});
