import type { RefundPayOutRequest } from '@billing/contracts';
import { BillingError } from '../grpc/billing.errors.js';
import { readRefund } from './refund.request.js';

const good: RefundPayOutRequest = {
  payOutId: '6abe1f3c-92d1-8002-9a3b-5f0c2e1d7b64',
  amount: '12.50',
  currency: 'USD',
  reference: '',
  metadataJson: '',
  idempotencyKey: 'k',
  homeNodeId: 0,
};
const uuid = '6abe1f3c-92d1-7002-9a3b-5f0c2e1d7b64';

const read = (change: Partial<RefundPayOutRequest> = {}) =>
  readRefund({ id: 'shop', tenant: 'default' }, { ...good, ...change });
const fingerprint = (change: Partial<RefundPayOutRequest> = {}): string =>
  read(change).fingerprint.toString('hex');

describe('a request for a refund', () => {
  test('that means the same has the same fingerprint, however and under whatever key it is sent', () => {
    expect(fingerprint({ amount: '12.5', payOutId: good.payOutId.toUpperCase() })).toBe(
      fingerprint(),
    );
    expect(fingerprint({ idempotencyKey: 'another', homeNodeId: 2 })).toBe(fingerprint());
    expect(fingerprint({ metadataJson: '{"b":[2.0],"a":10e-1}' })).toBe(
      fingerprint({ metadataJson: '{"a": 1, "b": [2]}' }),
    );
    const others = [
      { amount: '12.51' },
      { currency: 'EUR' },
      { reference: 'r' },
      { metadataJson: '{}' },
      { payOutId: good.payOutId.replace('6abe', '6abf') },
    ].map(fingerprint);
    expect(new Set([fingerprint(), ...others]).size).toBe(6);
  });

  // Written down in databases for as long as keys are kept.
  test('keeps its fingerprint', () => {
    expect(fingerprint()).toBe(
      '01c7e6c6b4da8273f37bf8dae0ab50a72eab968deb342a8f17a73d48af5b5869fe',
    );
  });

  test.each<[string, Partial<RefundPayOutRequest>, string]>([
    ['an id', { payOutId: 'x' }, 'pay_out_id'],
    ['a key', { idempotencyKey: '' }, 'idempotency_key'],
    ['an amount', { amount: '0.00' }, 'amount'],
    ['a currency', { currency: 'XXQ' }, 'currency'],
    ['a reference', { reference: 'x'.repeat(65) }, 'reference'],
    ['metadata', { metadataJson: '[]' }, 'metadata_json'],
    ['the home of the pay-out', { homeNodeId: 1 }, 'home_node_id'],
    ['a key of its home', { idempotencyKey: `${uuid}@dc3` }, 'idempotency_key'],
  ])('wants %s', (_, change, field) => {
    const refusal = (() => {
      try {
        read(change);
      } catch (error) {
        return error as BillingError;
      }
      return undefined;
    })();
    expect(refusal).toMatchObject({
      code: 'INVALID_REQUEST',
      facts: { field, detail: expect.stringMatching(/^must /) },
    });
  });

  test('may name the datacenter that keeps the pay-out', () => {
    expect(read({ idempotencyKey: `${uuid}@dc2`, homeNodeId: 2 })).toMatchObject({
      payOutId: good.payOutId,
      amountMinor: 1_250n,
    });
  });
});
