import { isMet, ratiosOf, type Figure } from './bench-report.js';

const figure = (values: number[], rest: Partial<Figure> = {}): Figure => ({
  what: 'pay-outs',
  unit: '/s',
  values,
  ...rest,
});
const beside = (values: number[]) => ({ what: 'one statement', values });

test('ratios are of the same round', () => {
  expect(ratiosOf(figure([10, 40, 90], { baseline: beside([10, 20, 30]) }))).toEqual([1, 2, 3]);
  expect(ratiosOf(figure([10]))).toEqual([]);
});

test('the median of the ratios is judged, not the ratio of the medians', () => {
  // 0.5, 3, 5: the medians, 30 and 20, would make 1.5.
  const one = figure([10, 30, 50], { baseline: beside([20, 10, 10]) });
  expect(isMet({ ...one, target: { of: 'ratio', atLeast: 3 } })).toBe(true);
  expect(isMet({ ...one, target: { of: 'ratio', atLeast: 3.1 } })).toBe(false);
  expect(isMet({ ...one, target: { of: 'ratio', atMost: 2.9 } })).toBe(false);
});

test('a target of each round is missed by one that misses it', () => {
  const one = figure([0.5, 2.5, 1]);
  expect(isMet({ ...one, target: { of: 'value', atMost: 2 } })).toBe(true);
  expect(isMet({ ...one, target: { of: 'value', atMost: 2, everyRound: true } })).toBe(false);
});

test('what was not measured meets nothing', () => {
  expect(isMet(figure([], { target: { of: 'value', atMost: 2, everyRound: true } }))).toBe(false);
  expect(isMet(figure([], { target: { of: 'value', atMost: 2 } }))).toBe(false);
  const lost = figure([10], { baseline: beside([]), target: { of: 'ratio', atLeast: 0 } });
  expect(isMet(lost)).toBe(false);
});

test('without a target nothing is said', () => {
  expect(isMet(figure([1]))).toBeUndefined();
});
