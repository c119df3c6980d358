import { isPrice, isQuantity, multiplyPrice, plainDecimal } from './price.js';

test.each([
  ['50.00', '2', 'USD', 10_000n],
  ['0.0125', '200', 'USD', 250n],
  ['0.0125', '201', 'USD', 251n],
  ['0.005', '1', 'USD', 1n],
  ['0.004999', '1', 'USD', 'nothing'],
  ['0', '7', 'USD', 'nothing'],
  ['1.5', '1', 'JPY', 2n],
  ['1.4999', '1', 'JPY', 1n],
  ['0.12345', '0.1', 'KWD', 12n],
  ['10000000000000', '1', 'USD', 1_000_000_000_000_000n],
  ['10000000000000.01', '1', 'USD', 'out_of_range'],
  ['99999999999999.9999999999', '99999999999999.9999999999', 'USD', 'out_of_range'],
])('%s times %s in %s is %s', (price, quantity, currency, minor) => {
  expect(multiplyPrice(price, quantity, currency)).toBe(minor);
});

test('in a currency that nobody knows nothing has a price', () => {
  expect(() => multiplyPrice('1', '1', 'XXX')).toThrow('XXX');
});

test.each(['0', '0.0125', '00.50', '12345678901234.0123456789'])('%j is a price', (text) => {
  expect(isPrice(text)).toBe(true);
});

test.each(['', '-1', '+1', '1.', '.5', '1e3', '1,5', ' 1', '123456789012345', '0.12345678901', 1])(
  '%j is no price',
  (value) => {
    expect(isPrice(value)).toBe(false);
    expect(isQuantity(value)).toBe(false);
  },
);

test('a quantity is more than nothing', () => {
  expect(isQuantity('0.00')).toBe(false);
  expect(isQuantity('0.01')).toBe(true);
});

test.each([
  ['2.50', '2.5'],
  ['2.00', '2'],
  ['002', '2'],
  ['0.0', '0'],
  ['10', '10'],
])('%s is written %s', (text, plain) => expect(plainDecimal(text)).toBe(plain));
