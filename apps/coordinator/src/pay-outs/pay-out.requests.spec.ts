import type { PayOutRequest } from '@billing/contracts';
import { BillingError } from '../billing.errors.js';
import { readPayOut, readPayOutId, type PayOutOrder } from './pay-out.requests.js';

const good: PayOutRequest = {
  accountId: '65',
  amount: '12.50',
  currency: 'USD',
  reference: '',
  metadataJson: '',
  idempotencyKey: 'k',
  drain: 'DRAIN_UNSPECIFIED',
  deadlineMs: 0,
};
const bounds = { deadlineMs: 5_000, deadlineMaxMs: 30_000 };

const read = (change: Partial<PayOutRequest> = {}, callMs = Infinity): PayOutOrder =>
  readPayOut('shop', { ...good, ...change }, bounds, callMs);
const fingerprint = (change: Partial<PayOutRequest> = {}): string =>
  read(change).fingerprint.toString('hex');

function fieldOf(change: Partial<PayOutRequest>): string | undefined {
  try {
    read(change);
  } catch (error) {
    if (error instanceof BillingError && error.code === 'INVALID_REQUEST') {
      expect(error.facts['detail']).toMatch(/^must /);
      return error.facts['field'];
    }
    throw error;
  }
  return undefined;
}

describe('a request for a pay-out', () => {
  test('becomes minor units, without what was left empty', () => {
    expect(read()).toMatchObject({
      clientId: 'shop',
      amountMinor: 1_250n,
      mayDrain: true,
      reference: undefined,
      metadata: undefined,
    });
    expect(read({ drain: 'DRAIN_LOCAL_ONLY' }).mayDrain).toBe(false);
  });

  test('that means the same has the same fingerprint, however and under whatever key it is sent', () => {
    expect(fingerprint({ amount: '12.5' })).toBe(fingerprint());
    expect(fingerprint({ drain: 'DRAIN_ANY' })).toBe(fingerprint());
    expect(fingerprint({ idempotencyKey: 'another', deadlineMs: 9 })).toBe(fingerprint());
    expect(fingerprint({ metadataJson: '{"a": 1}' })).toBe(
      fingerprint({ metadataJson: '{"a":1}' }),
    );
  });

  test('that means something else has another', () => {
    const others: Partial<PayOutRequest>[] = [
      {},
      { accountId: '66' },
      { amount: '12.51' },
      { currency: 'EUR' },
      { drain: 'DRAIN_LOCAL_ONLY' },
      { reference: 'r' },
      { metadataJson: '{}' },
      { metadataJson: '{"r":1}' },
      { reference: '{}' },
      { reference: 'r', metadataJson: '{}' },
    ];
    expect(new Set(others.map(fingerprint)).size).toBe(others.length);
  });

  test.each<[number, number, number]>([
    [0, Infinity, 5_000],
    [700, Infinity, 700],
    [4_000_000_000, Infinity, 30_000],
    [0, 1_200, 1_200],
    [700, 1_200, 700],
  ])('of %d ms in a call of %d ms has %d ms', (deadlineMs, callMs, expected) => {
    const leftMs = read({ deadlineMs }, callMs).deadlineMs - performance.now();
    expect(leftMs).toBeGreaterThan(expected - 100);
    expect(leftMs).toBeLessThanOrEqual(expected);
  });

  test.each<[string, Partial<PayOutRequest>, string]>([
    ['no key', { idempotencyKey: '' }, 'idempotency_key'],
    ['a key of 256 characters', { idempotencyKey: 'k'.repeat(256) }, 'idempotency_key'],
    ['a key with a line break', { idempotencyKey: 'a\nb' }, 'idempotency_key'],
    ['no account', { accountId: '' }, 'account_id'],
    ['an account beyond bigint', { accountId: '9223372036854775808' }, 'account_id'],
    ['no amount', { amount: '' }, 'amount'],
    ['nothing', { amount: '0.00' }, 'amount'],
    ['less than nothing', { amount: '-1' }, 'amount'],
    ['too many decimals', { amount: '1.001' }, 'amount'],
    ['too much', { amount: '10000000000000.01' }, 'amount'],
    ['no currency', { currency: '' }, 'currency'],
    ['an unknown currency', { currency: 'XXQ' }, 'currency'],
    ['a reference of 65 characters', { reference: '😀'.repeat(65) }, 'reference'],
    ['NUL in the reference', { reference: 'a\0' }, 'reference'],
    ['metadata that is no JSON', { metadataJson: '{' }, 'metadata_json'],
    ['metadata that is no object', { metadataJson: '[]' }, 'metadata_json'],
    ['NUL in metadata', { metadataJson: '{"a":"\\u0000"}' }, 'metadata_json'],
    ['too much metadata', { metadataJson: `{"a":"${'x'.repeat(2_048)}"}` }, 'metadata_json'],
    ['far too much', { metadataJson: `${' '.repeat(60_000)}{}` }, 'metadata_json'],
    ['metadata too deep', { metadataJson: '['.repeat(9_000) + ']'.repeat(9_000) }, 'metadata_json'],
    ['a word for drain that nobody knows', { drain: 'DRAIN_ALL' as 'DRAIN_ANY' }, 'drain'],
  ])('with %s is refused by name', (_, change, field) => {
    expect(fieldOf(change)).toBe(field);
  });
});

describe('the id of a pay-out', () => {
  test('is a UUID, in any case of letters', () => {
    const id = '01A20937-13AB-8001-9B8F-779A2092E81D';
    expect(readPayOutId(id)).toBe(id.toLowerCase());
    expect(() => readPayOutId('7')).toThrow('must be a UUID');
  });
});
