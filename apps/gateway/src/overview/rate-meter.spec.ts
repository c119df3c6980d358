import { jest } from '@jest/globals';
import { RateMeter } from './rate-meter.js';

afterEach(() => jest.restoreAllMocks());

describe('a rate', () => {
  test('is that of the last seconds', () => {
    const meter = new RateMeter();
    expect(meter.perSecond()).toBeUndefined();
    meter.note(100n, 0);
    expect(meter.perSecond()).toBeUndefined();
    meter.note(200n, 1_000);
    expect(meter.perSecond()).toBe(100);
    for (let second = 2; second <= 20; second += 1) meter.note(200n, second * 1_000);
    expect(meter.perSecond()).toBe(0);
  });

  test('begins anew when the count fell', () => {
    const meter = new RateMeter();
    meter.note(1_000n, 0);
    meter.note(10n, 1_000);
    expect(meter.perSecond()).toBeUndefined();
    meter.note(30n, 2_000);
    expect(meter.perSecond()).toBe(20);
  });

  test('goes by the steady clock: one that is set back does not stop it', () => {
    const meter = new RateMeter();
    const steadyMs = performance.now();
    jest.spyOn(Date, 'now').mockReturnValue(Date.now() - 3_600_000);
    const steady = jest.spyOn(performance, 'now').mockReturnValue(steadyMs);
    meter.note(0n);
    steady.mockReturnValue(steadyMs + 1_000);
    meter.note(10n);
    expect(meter.perSecond()).toBe(10);
  });
});
