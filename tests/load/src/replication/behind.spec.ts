import { secondsBehind, type Beat } from './behind.js';

const beat = (second: number, committedMs: number): Beat => ({
  beatAt: new Date(second * 1_000),
  committedMs,
});

const beats = [beat(1, 10_000), beat(2, 11_000), beat(3, 12_000)];

test('who has the last heartbeat is not behind', () => {
  expect(secondsBehind(beats, new Date(3_000), 15_000)).toBe(0);
  // A coordinator's, which the bench has not heard of.
  expect(secondsBehind(beats, new Date(3_500), 15_000)).toBe(0);
});

test('the oldest heartbeat that has not come counts, since its commit', () => {
  expect(secondsBehind(beats, new Date(1_000), 12_500)).toBe(1.5);
  expect(secondsBehind(beats, new Date(2_000), 12_500)).toBe(0.5);
});

test('without any heartbeat a replica is behind since the first', () => {
  expect(secondsBehind(beats, undefined, 12_500)).toBe(2.5);
  expect(secondsBehind([], undefined, 12_500)).toBe(0);
});

test('clocks of nodes and of who looks are not compared', () => {
  expect(secondsBehind([beat(9_999_999, 10_000)], new Date(0), 10_250)).toBe(0.25);
});
