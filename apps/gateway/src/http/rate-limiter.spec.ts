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

  test('of zero is none', () => {
    expect(takeMany(new RateLimiter(0), 'a', 1_000, 0)).toBe(1_000);
  });
});
