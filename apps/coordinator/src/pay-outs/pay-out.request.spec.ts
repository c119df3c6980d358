import type { PayOutRequest } from '@billing/contracts';
import { BillingError } from '../grpc/billing.errors.js';
import { readPayOut, readPayOutId, type PayOutOrder } from './pay-out.request.js';

const good: PayOutRequest = {
  accountId: '65',
  amount: '12.50',
  currency: 'USD',
  reference: '',
  metadataJson: '',
  idempotencyKey: 'k',
  drain: 'DRAIN_UNSPECIFIED',
  deadlineMs: 0,
  homeNodeId: 0,
  charge: null,
  upTo: null,
};
const bounds = { deadlineMs: 5_000, deadlineMaxMs: 30_000 };

const read = (change: Partial<PayOutRequest> = {}, callMs = Infinity): PayOutOrder =>
  readPayOut({ id: 'shop', tenant: 'default' }, { ...good, ...change }, bounds, callMs);
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

  const upTo = (most: string, minimum = ''): Partial<PayOutRequest> => ({
    amount: '',
    homeNodeId: 1,
    upTo: { upTo: most, minimum, exhausted: false, unreachableNodes: [] },
  });

  test('takes what there is up to an amount, and is another than one of that amount or of another minimum', () => {
    expect(read(upTo('80', '10.00'))).toMatchObject({ amountMinor: 8_000n, minimumMinor: 1_000n });
    expect(read(upTo('80')).minimumMinor).toBe(0n);
    expect(fingerprint(upTo('12.50', '0.00'))).toBe(fingerprint(upTo('12.5')));
    const [all, none, one] = [{}, upTo('12.50'), upTo('12.50', '1')].map(fingerprint);
    expect(new Set([all, none, one]).size).toBe(3);
    expect(fieldOf({ ...upTo('80'), amount: '80' })).toBe('amount');
    expect(fieldOf(upTo('0'))).toBe('up_to');
    expect(fieldOf(upTo('80', '80.01'))).toBe('minimum');
    expect(fieldOf(upTo('80', '-1'))).toBe('minimum');
    expect(fieldOf({ ...upTo('80'), homeNodeId: 0 })).toBe('idempotency_key');
  });

  test('that means the same has the same fingerprint, however and under whatever key it is sent', () => {
    expect(fingerprint({ amount: '12.5' })).toBe(fingerprint());
    expect(fingerprint({ drain: 'DRAIN_ANY' })).toBe(fingerprint());
    expect(fingerprint({ idempotencyKey: 'another', deadlineMs: 9 })).toBe(fingerprint());
    const { fingerprint: first, earlierFingerprints } = read({ metadataJson: '{"a":1,"b":[2]}' });
    for (const metadataJson of ['{"a": 1, "b": [2]}', '{"b":[2.0],"a":10e-1}']) {
      expect(fingerprint({ metadataJson })).toBe(first.toString('hex'));
    }
    expect(earlierFingerprints).not.toContainEqual(first);
  });

  // Written down in databases for as long as keys are kept: a change here is a version of its own, and what
  // stands here moves to the earlier ones.
  test.each<[Partial<PayOutRequest>, string, ...string[]]>([
    [{}, '9aa9443b3828552818677b593bbffa3becd2482205830db5b06a6e6999160b12'],
    [{ reference: 'order 7' }, 'd3fee5762bf9396257a463e61e8a5032729a86b0393d82ade61bf63f81e398af'],
    [
      { drain: 'DRAIN_LOCAL_ONLY' },
      '42d6560a655688960146cac279fef62becc341be3028518f4197eb295f5c24dd',
    ],
    [
      { metadataJson: '{"a":1,"b":2}' },
      '025c8836db1feb4d00c3aefdc5cae1cab354a109419bbf9a295726bcb88e2d793d',
      '5c8836db1feb4d00c3aefdc5cae1cab354a109419bbf9a295726bcb88e2d793d',
    ],
    [
      { metadataJson: '{"b":2,"a":1}' },
      '025c8836db1feb4d00c3aefdc5cae1cab354a109419bbf9a295726bcb88e2d793d',
      '36d4f7d5b19b86d29c67d9427a91da709be6314f44d81e0dd4a09517b7d33919',
    ],
    [
      { reference: 'order 7', metadataJson: '{"orderId":9007199254740993,"x":1.50,"y":1e3}' },
      '029e19c28a7532e48b54379cad82b8f60dd805b3f734065d00e6d1fc4ed9b4e42e',
      'e5ed40ec4ececfcf5b6e55c7ba321a8548143ca09c75acb1577a346f2246d1c1',
    ],
  ])('%j has the fingerprints that stand in databases', (change, newest, ...earlier) => {
    const { fingerprint: now, earlierFingerprints } = read(change);
    const all = [now, ...earlierFingerprints].map((one) => one.toString('hex'));
    expect(all).toEqual([newest, ...earlier]);
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
      { metadataJson: '{"r":9007199254740992}' },
      { metadataJson: '{"r":9007199254740993}' },
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
    ['metadata that says something twice', { metadataJson: '{"a":1,"a":2}' }, 'metadata_json'],
    ['more than one JSON', { metadataJson: '{"a":1},"b":{}' }, 'metadata_json'],
    ['a number that is too long', { metadataJson: '{"a":1e400000}' }, 'metadata_json'],
    ['metadata too deep', { metadataJson: '['.repeat(9_000) + ']'.repeat(9_000) }, 'metadata_json'],
    ['a word for drain that nobody knows', { drain: 'DRAIN_ALL' as 'DRAIN_ANY' }, 'drain'],
  ])('with %s is refused by name', (_, change, field) => {
    expect(fieldOf(change)).toBe(field);
  });
});

describe('the home of its key', () => {
  const uuid = '01900000-0000-7000-8000-000000000000';

  test.each<[string, Partial<PayOutRequest>, number | undefined]>([
    ['none', {}, undefined],
    ['what stands beside it', { homeNodeId: 3 }, 3],
    ['what it names itself', { idempotencyKey: `${uuid}@dc2` }, 2],
    ['both, if they agree', { idempotencyKey: `${uuid}@dc2`, homeNodeId: 2 }, 2],
  ])('is %s', (_, change, homeNodeId) => {
    expect(read(change).homeNodeId).toBe(homeNodeId);
  });

  test('is no other than the key names', () => {
    const read2 = () => read({ idempotencyKey: `${uuid}@dc2`, homeNodeId: 1 });
    expect(read2).toThrow(expect.objectContaining({ code: 'IDEMPOTENCY_CONFLICT' }) as Error);
  });

  test('is a node', () => {
    expect(fieldOf({ idempotencyKey: `${uuid}@dc64` })).toBe('idempotency_key');
    expect(fieldOf({ homeNodeId: 64 })).toBe('home_node_id');
  });

  test('is no part of what is asked for', () => {
    expect(read({ homeNodeId: 3 }).fingerprint).toEqual(read({}).fingerprint);
  });
});

describe('the id of a pay-out', () => {
  test('is a UUID, in any case of letters', () => {
    const id = '01A20937-13AB-8001-9B8F-779A2092E81D';
    expect(readPayOutId(id)).toBe(id.toLowerCase());
    expect(() => readPayOutId('7')).toThrow('must be a UUID');
  });
});
