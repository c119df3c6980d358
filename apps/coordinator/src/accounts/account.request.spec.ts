import { readAccountId, readOpening } from './account.request.js';
import { BillingError } from '../grpc/billing.errors.js';

const good = { username: 'Ada', currency: 'USD', initialBalance: '12.50', idempotencyKey: 'k' };
const fingerprint = (change: Partial<typeof good>): string =>
  readOpening({ ...good, ...change }).fingerprint.toString('hex');

function violationOf(read: () => unknown): Readonly<Record<string, string>> {
  try {
    read();
  } catch (error) {
    if (error instanceof BillingError && error.code === 'INVALID_REQUEST') return error.facts;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a request to open an account', () => {
  test('becomes minor units', () => {
    expect(readOpening(good)).toMatchObject({ initialMinor: 1_250n, currency: 'USD' });
  });

  test.each(['', '0', '0.0', '0.00'])('with an initial balance of "%s" has none', (text) => {
    expect(readOpening({ ...good, initialBalance: text }).initialMinor).toBe(0n);
  });

  test('that means the same has the same fingerprint, however it is written', () => {
    expect(fingerprint({ currency: '' })).toBe(fingerprint({}));
    expect(fingerprint({ initialBalance: '12.5' })).toBe(fingerprint({}));
    expect(fingerprint({ idempotencyKey: 'another' })).toBe(fingerprint({}));
  });

  test('has the fingerprint that stands in databases', () => {
    const opening = { username: 'Ludmila', currency: '', initialBalance: '10' };
    expect(fingerprint(opening)).toBe(
      '94881eebe05c5cffb1ada2a05481e853ddf430d8276b32e09d9950fa44beed5e',
    );
  });

  test('that means something else has another fingerprint', () => {
    const others = [{ username: 'Bob' }, { currency: 'EUR' }, { initialBalance: '12.51' }];
    const prints = others.map(fingerprint);
    expect(new Set([fingerprint({}), ...prints]).size).toBe(4);
    // Fields do not run into each other.
    expect(fingerprint({ username: 'Ada","USD', currency: 'EUR' })).not.toBe(
      fingerprint({ username: 'Ada', currency: 'EUR' }),
    );
  });

  test.each<[string, Partial<typeof good>, string]>([
    ['no key', { idempotencyKey: '' }, 'idempotency_key'],
    ['a key of 256 characters', { idempotencyKey: 'k'.repeat(256) }, 'idempotency_key'],
    ['a key with a line break', { idempotencyKey: 'a\nb' }, 'idempotency_key'],
    ['a blank username', { username: ' \t' }, 'username'],
    ['a username of 201 characters', { username: '😀'.repeat(201) }, 'username'],
    ['NUL in the username', { username: 'a\0' }, 'username'],
    ['an unknown currency', { currency: 'XXQ' }, 'currency'],
    ['a negative amount', { initialBalance: '-1' }, 'initial_balance'],
    ['a negative zero', { initialBalance: '-0' }, 'initial_balance'],
    ['too many decimals', { initialBalance: '1.001' }, 'initial_balance'],
    ['too many decimals of nothing', { initialBalance: '0.000' }, 'initial_balance'],
    ['an exponent', { initialBalance: '1e3' }, 'initial_balance'],
    ['too much', { initialBalance: '10000000000000.01' }, 'initial_balance'],
  ])('with %s is refused by name', (_, change, field) => {
    const facts = violationOf(() => readOpening({ ...good, ...change }));
    expect(facts['field']).toBe(field);
    expect(facts['detail']).toMatch(/^must /);
  });
});

describe('an account id', () => {
  test.each(['', '0', '-1', '01', '1.0', 'x', '9223372036854775808'])('"%s" is refused', (id) => {
    expect(violationOf(() => readAccountId(id))['field']).toBe('account_id');
  });

  test('may be the largest there is', () => {
    expect(readAccountId('9223372036854775807')).toBe('9223372036854775807');
  });
});
