import fc from 'fast-check';
import {
  AMOUNT_MINOR_MAX,
  currencies,
  formatAmount,
  parseAmount,
  describeMinimumViolation,
  parseMinimum,
  parseSignedAmount,
} from './index.js';

describe('an amount', () => {
  test.each([
    ['12.50', 'USD', 1250n],
    ['12.5', 'USD', 1250n],
    ['12', 'USD', 1200n],
    ['0.01', 'USD', 1n],
    ['7', 'JPY', 7n],
    ['0.001', 'KWD', 1n],
    ['10000000000000.00', 'USD', AMOUNT_MINOR_MAX],
  ])('%s %s is %s minor units', (text, currency, minor) => {
    expect(parseAmount(text, currency)).toBe(minor);
  });

  test.each([
    ['1', 'XXQ', 'unknown_currency'],
    ['1', 'usd', 'unknown_currency'],
    ['', 'USD', 'not_a_decimal'],
    ['1e3', 'USD', 'not_a_decimal'],
    ['+1', 'USD', 'not_a_decimal'],
    ['01', 'USD', 'not_a_decimal'],
    ['1.', 'USD', 'not_a_decimal'],
    ['.5', 'USD', 'not_a_decimal'],
    ['1,000', 'USD', 'not_a_decimal'],
    [' 1', 'USD', 'not_a_decimal'],
    ['1\n', 'USD', 'not_a_decimal'],
    ['١', 'USD', 'not_a_decimal'],
    ['1.005', 'USD', 'too_many_decimals'],
    ['1.0', 'JPY', 'too_many_decimals'],
    ['0', 'USD', 'not_positive'],
    ['-5', 'USD', 'not_positive'],
    ['10000000000000.01', 'USD', 'out_of_range'],
    ['9'.repeat(70), 'USD', 'out_of_range'],
  ])('%j %s is refused as %s', (text, currency, violation) => {
    expect(parseAmount(text, currency)).toBe(violation);
  });

  test('keeps its value through text and back in every currency', () => {
    const codes = [...currencies().keys()];
    fc.assert(
      fc.property(fc.bigInt(1n, AMOUNT_MINOR_MAX), fc.constantFrom(...codes), (minor, code) => {
        expect(parseAmount(formatAmount(minor, code), code)).toBe(minor);
      }),
    );
  });

  test('reads the same whether short or long', () => {
    const digits = fc.stringMatching(/^[0-9.]{0,20}$/);
    const wholeWay = (text: string): bigint | string => {
      if (!/^(0|[1-9]\d*)(\.\d+)?$/.test(text)) return 'not_a_decimal';
      const [whole = '', fraction = ''] = text.split('.');
      if (fraction.length > 3) return 'too_many_decimals';
      const minor = BigInt(whole + fraction.padEnd(3, '0'));
      return minor === 0n ? 'not_positive' : minor > AMOUNT_MINOR_MAX ? 'out_of_range' : minor;
    };
    fc.assert(
      fc.property(digits, (text) => {
        expect(parseAmount(text, 'KWD')).toBe(wholeWay(text));
      }),
      { numRuns: 2_000 },
    );
  });

  test('with a sign is what it is without, once', () => {
    expect(parseSignedAmount('12.5', 'USD')).toBe(1250n);
    expect(parseSignedAmount('-12.5', 'USD')).toBe(-1250n);
    expect(parseSignedAmount('-0', 'USD')).toBe('not_positive');
    expect(parseSignedAmount('--1', 'USD')).toBe('not_a_decimal');
    expect(parseSignedAmount('-', 'USD')).toBe('not_a_decimal');
    expect(parseSignedAmount('-0.001', 'USD')).toBe('too_many_decimals');
    expect(parseSignedAmount('-10000000000000.01', 'USD')).toBe('out_of_range');
  });

  test('below zero keeps its sign in text', () => {
    expect(formatAmount(-5n, 'USD')).toBe('-0.05');
    expect(formatAmount(-1250n, 'JPY')).toBe('-1250');
  });
});

describe('an amount that may be nothing', () => {
  test.each([
    ['0', 0n],
    ['0.00', 0n],
    ['12.5', 1250n],
    ['-0', 'not_positive'],
    ['-1', 'not_positive'],
    ['0.000', 'too_many_decimals'],
    ['', 'not_a_decimal'],
  ])('%j is %s', (text, minor) => {
    expect(parseMinimum(text, 'USD')).toBe(minor);
  });

  test('is told what is wrong with it', () => {
    expect(describeMinimumViolation('not_positive', 'USD')).toBe('must be zero or more');
    expect(describeMinimumViolation('too_many_decimals', 'USD')).toMatch(/at most 2 decimals/);
  });
});
