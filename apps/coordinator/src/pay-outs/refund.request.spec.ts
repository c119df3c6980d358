import type { RefundCaptureRequest, RefundPayOutRequest } from '@billing/contracts';
import { BillingError } from '../grpc/billing.errors.js';
import { readCaptureRefund, readRefund } from './refund.request.js';

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

describe('a request for a refund of a capture', () => {
  const captureId = '9f2b1c3d-4e5f-6071-8293-a4b5c6d7e8f9';
  const { payOutId: holdId, ...rest } = good;
  const of = (change: Partial<RefundCaptureRequest> = {}) =>
    readCaptureRefund({ id: 'shop', tenant: 'default' }, { ...rest, holdId, captureId, ...change });
  const reasonOf = (change: Partial<RefundCaptureRequest>): unknown => {
    try {
      return of(change);
    } catch (error) {
      return [(error as BillingError).code, (error as BillingError).facts['field']];
    }
  };

  test('is of that capture of that hold, and of nothing else that is refunded', () => {
    expect(of({ captureId: captureId.toUpperCase() })).toEqual(of());
    expect(of()).toMatchObject({ payOutId: holdId, captureId, amountMinor: 1_250n });
    const meanings = [
      of(),
      of({ captureId: captureId.replace('9f2b', '9f2c') }),
      of({ holdId: holdId.replace('6abe', '6abf') }),
      read(),
    ].map((one) => one.fingerprint.toString('hex'));
    expect(new Set(meanings).size).toBe(4);
  });

  // Written down in databases for as long as keys are kept.
  test('keeps its fingerprint', () => {
    expect(of().fingerprint.toString('hex')).toBe(
      '016b54c9d3c0e0f7604d6bdc04eb1d71267e5096acdee3d0f0f5859eb00024b5d0',
    );
  });

  test('wants ids, and no other home than the hold has', () => {
    expect(reasonOf({ holdId: 'x' })).toEqual(['INVALID_REQUEST', 'hold_id']);
    expect(reasonOf({ captureId: 'x' })).toEqual(['INVALID_REQUEST', 'capture_id']);
    expect(reasonOf({ homeNodeId: 1 })).toEqual(['INVALID_REQUEST', 'home_node_id']);
    expect(of({ homeNodeId: 2 })).toMatchObject({ captureId });
  });
});
