import { parseMessageName } from '@billing/contracts';
import {
  formatMessageArgument,
  parseDuration,
  parseLimit,
  parseMessageArgument,
  parseOffset,
  parsePartition,
} from './argument-parsers.js';

test('numbers are taken whole and within the range of what they name', () => {
  expect(parseOffset('9223372036854775807')).toBe(9_223_372_036_854_775_807n);
  expect(parsePartition('0')).toBe(0);
  expect(parseLimit('1000')).toBe(1_000);
});

test.each(['', '-1', '1.5', '0x1', '9223372036854775808', ' 1'])('offset %j is refused', (text) => {
  expect(() => parseOffset(text)).toThrow('must be a whole number');
});

test.each(['0', '1001', 'all'])('limit %j is refused', (text) => {
  expect(() => parseLimit(text)).toThrow('must be a whole number');
});

test('a message name is read as it is written', () => {
  const place = { topic: 'billing.payin', partition: 4, offset: 1_207n };
  for (const incarnation of [1, 3]) {
    const name = formatMessageArgument({ ...place, incarnation });
    expect(parseMessageArgument(name)).toEqual({ ...place, incarnation });
  }
});

test.each([
  'billing.payin:4:1207:2',
  'billing.payin:4:1207',
  'billing.payin:0:9223372036854775807',
])('a message name means what it means in a URL: %s', (text) => {
  const [topic, partition, offset, incarnation = '1'] = text.split(':');
  const path = `${topic}/${partition}/${offset}~${incarnation}`;
  expect(parseMessageArgument(path)).toEqual(parseMessageArgument(text));
  expect(parseMessageName(path)).toEqual(parseMessageArgument(text));
});

test.each([
  'billing.payin',
  'billing.payin:4',
  'a b:1:2',
  ':1:2',
  'x:1:2:3:4',
  'x:-1:2',
  'x:1:2:0',
])('message name %j is refused', (text) => {
  expect(() => parseMessageArgument(text)).toThrow();
});

test('a time is a whole number and its unit', () => {
  expect(['30s', '15m', '2h', '7d'].map(parseDuration)).toEqual([
    30_000, 900_000, 7_200_000, 604_800_000,
  ]);
});

test.each(['', '0s', '1.5h', '-1d', '7', '7 d', '1w', '1000000s'])('time %j is refused', (text) => {
  expect(() => parseDuration(text)).toThrow('such as 30s');
});
