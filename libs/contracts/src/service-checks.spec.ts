import {
  describeServiceNameViolation,
  describeUnitViolation,
  isServiceId,
  isTime,
} from './service-checks.js';

test.each(['1', '2147483647'])('%s is the id of a service', (id) => {
  expect(isServiceId(id)).toBe(true);
});

test.each(['0', '01', '2147483648', '-1', '1.0', '', 7, null])('%j is none', (id) => {
  expect(isServiceId(id)).toBe(false);
});

test.each(['2026-01-01T12:00:00Z', '2024-02-29T23:59:59.9Z', '2026-01-01T12:00:00.123Z'])(
  '%s is a time',
  (text) => expect(isTime(text)).toBe(true),
);

test.each([
  '2026-02-30T12:00:00Z',
  '2026-01-01T25:00:00Z',
  '2026-01-01T12:00:00+01:00',
  '2026-01-01T12:00:00',
  '2026-01-01',
  '0000-01-01T00:00:00Z',
  'now',
  1,
])('%j is no time', (text) => expect(isTime(text)).toBe(false));

test('names and units are short texts', () => {
  expect(describeServiceNameViolation('Обучение персонала')).toBeUndefined();
  expect(describeServiceNameViolation('x'.repeat(200))).toBeUndefined();
  expect(describeServiceNameViolation('x'.repeat(201))).toMatch('200');
  expect(describeServiceNameViolation(' ')).toMatch('blank');
  expect(describeServiceNameViolation('a\0')).toMatch('text');
  expect(describeUnitViolation('MB')).toBeUndefined();
  expect(describeUnitViolation('x'.repeat(33))).toMatch('32');
});
