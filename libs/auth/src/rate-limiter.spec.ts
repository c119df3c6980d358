import { RateLimiter } from './rate-limiter.js';

const takeMany = (limiter: RateLimiter, client: string, count: number, nowMs: number): number =>
  Array.from({ length: count }, () => limiter.take(client, nowMs)).filter(Boolean).length;

describe('a rate limit', () => {
  test('lets one second pass at once, then what time earns', () => {
    const limiter = new RateLimiter(10);
    expect(takeMany(limiter, 'a', 20, 0)).toBe(10);
    expect(takeMany(limiter, 'a', 20, 500)).toBe(5);
    expect(takeMany(limiter, 'a', 20, 60_000)).toBe(10);
  });

  test('is each client its own', () => {
    const limiter = new RateLimiter(1);
    expect(limiter.take('a', 0)).toBe(true);
    expect(limiter.take('a', 0)).toBe(false);
    expect(limiter.take('b', 0)).toBe(true);
  });

  test('counts what turns out to be many afterwards', () => {
    const limiter = new RateLimiter(10);
    expect(limiter.take('a', 0)).toBe(true);
    limiter.charge('a', 29, 0);
    expect(takeMany(limiter, 'a', 5, 1_900)).toBe(0);
    expect(takeMany(limiter, 'a', 5, 2_200)).toBe(2);
    expect(limiter.isFree('b', 0)).toBe(true);
  });

  test('of zero is none', () => {
    const none = new RateLimiter(0);
    none.charge('a', 1_000_000, 0);
    expect(takeMany(none, 'a', 1_000, 0)).toBe(1_000);
  });
});
