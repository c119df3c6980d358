import { formatMessageName, parseMessageName } from './index.js';

test.each([
  'billing.payin/4/1207',
  'billing.payin/0/9223372036854775807',
  'billing.payin/4/1207~2',
])('the name %s is read as it is written', (text) => {
  expect(formatMessageName(parseMessageName(text)!)).toBe(text);
});

test('a name without a number is number 1, and number 1 is written without', () => {
  const place = { topic: 'billing.payin', partition: 1, offset: 2n };
  expect(formatMessageName({ ...place, incarnation: 1 })).toBe('billing.payin/1/2');
  expect(parseMessageName('billing.payin/1/2')).toEqual({ ...place, incarnation: 1 });
  expect(parseMessageName('billing.payin/1/2~1')).toEqual({ ...place, incarnation: 1 });
});

test.each([
  '',
  'billing.payin',
  'billing.payin/1',
  'billing.payin/1/2/3',
  'billing.payin/-1/2',
  'billing payin/1/2',
  'billing.payin/1/9223372036854775808',
  'billing.payin/2147483648/1',
  'billing.payin/1/2~0',
])('%j names no message', (text) => {
  expect(parseMessageName(text)).toBeUndefined();
});
