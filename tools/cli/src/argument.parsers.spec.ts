import {
  formatMessageName,
  parseLimit,
  parseMessageName,
  parseOffset,
  parsePartition,
} from './argument.parsers.js';

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
    const name = formatMessageName({ ...place, incarnation });
    expect(parseMessageName(name)).toEqual({
      ...place,
      incarnation: incarnation === 1 ? undefined : incarnation,
    });
  }
});

test('a message name of a URL is taken too', () => {
  expect(parseMessageName('billing.payin/4/1207~2')).toEqual(
    parseMessageName('billing.payin:4:1207:2'),
  );
});

test.each(['billing.payin', 'billing.payin:4', 'a b:1:2', ':1:2', 'x:1:2:3:4', 'x:-1:2'])(
  'message name %j is refused',
  (text) => {
    expect(() => parseMessageName(text)).toThrow();
  },
);
