import type { AuthoriseHoldRequest } from '@billing/contracts';
import { BillingError } from '../grpc/billing.errors.js';
import { readAuthorisation, readExtension, type HoldBounds } from './hold.request.js';

const bounds: HoldBounds = {
  deadlineMs: 1_000,
  deadlineMaxMs: 30_000,
  heldForMs: 60_000,
  heldForMaxMs: 90_000,
};
const shop = { id: 'shop', tenant: 'default' };

const request = (heldForMs: number): AuthoriseHoldRequest => ({
  accountId: '17',
  amount: '1.00',
  currency: 'USD',
  reference: '',
  metadataJson: '',
  idempotencyKey: 'k',
  drain: 'DRAIN_UNSPECIFIED',
  deadlineMs: 0,
  homeNodeId: 1,
  heldForMs,
});

describe('an authorisation that says no time', () => {
  it('has the default, and stays the same request under another default', () => {
    const before = readAuthorisation(shop, request(0), bounds, 1_000);
    const after = readAuthorisation(shop, request(0), { ...bounds, heldForMs: 70_000 }, 1_000);
    expect([before.heldForMs, after.heldForMs]).toEqual([60_000, 70_000]);
    expect(after.fingerprint).toEqual(before.fingerprint);
  });

  it('is another one than with a time', () => {
    const one = readAuthorisation(shop, request(0), bounds, 1_000);
    const other = readAuthorisation(shop, request(60_000), bounds, 1_000);
    expect(other.fingerprint).not.toEqual(one.fingerprint);
  });
});

test('a time beyond the longest is refused, and so is an extension by none', () => {
  expect(() => readAuthorisation(shop, request(90_001), bounds, 1_000)).toThrow(BillingError);
  const holdId = '00000000-0000-8001-8000-00000000000a';
  const extension = { holdId, idempotencyKey: 'k', homeNodeId: 1, heldForMs: 0 };
  expect(() => readExtension(shop, extension, bounds, 1_000)).toThrow('held_for_ms');
});
