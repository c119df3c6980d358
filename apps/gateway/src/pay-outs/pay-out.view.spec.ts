import type { PayOut } from '@billing/contracts';
import { describePayOut } from './pay-out.view.js';

const committed: PayOut = {
  payOutId: '018f0000-0000-8001-8000-000000000000',
  accountId: '17',
  amount: '80.00',
  currency: 'USD',
  status: 'PAY_OUT_STATUS_COMMITTED',
  parts: [
    { nodeId: 1, amount: '50.00' },
    { nodeId: 2, amount: '30.00' },
  ],
  reference: 'order 7',
  createdAt: '2026-01-01T00:00:00.000Z',
  decidedAt: '2026-01-01T00:00:00.100Z',
  rejection: '',
  metadataJson: '',
  duplicateOf: '',
  charge: null,
  upTo: null,
  refunded: '',
  refunds: [],
};

describe('a pay-out as clients see it', () => {
  test('says what each datacenter gave', () => {
    expect(describePayOut(committed)).toEqual({
      payOutId: committed.payOutId,
      accountId: '17',
      amount: '80.00',
      currency: 'USD',
      status: 'committed',
      parts: [
        { node: 1, amount: '50.00' },
        { node: 2, amount: '30.00' },
      ],
      reference: 'order 7',
      createdAt: '2026-01-01T00:00:00.000Z',
      decidedAt: '2026-01-01T00:00:00.100Z',
    });
  });

  test('says up to which amount it was to pay what there is, and once it has whether that was all', () => {
    const upTo = { upTo: '90.00', minimum: '0.00', exhausted: true, unreachableNodes: [3] };
    expect(describePayOut({ ...committed, upTo })).toMatchObject(upTo);
    const pending = { ...committed, upTo, status: 'PAY_OUT_STATUS_PENDING' as const };
    expect(describePayOut(pending)).toMatchObject({ upTo: '90.00', minimum: '0.00' });
    expect(describePayOut(pending)).not.toHaveProperty('exhausted');
  });

  test('names the one that stands for it', () => {
    const duplicateOf = '018f0000-0000-8002-8000-000000000000';
    expect(describePayOut({ ...committed, duplicateOf })).toMatchObject({ duplicateOf });
  });

  test('leaves out what is not there', () => {
    const pending = { ...committed, parts: [], reference: '', decidedAt: '' };
    const shown = describePayOut({ ...pending, status: 'PAY_OUT_STATUS_PENDING' });
    expect(shown).toMatchObject({ status: 'pending', parts: [] });
    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['decidedAt']));
    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['reference']));
    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['rejection']));
    expect(Object.keys(shown)).not.toEqual(expect.arrayContaining(['duplicateOf']));
  });

  test.each([
    ['INSUFFICIENT_FUNDS', 'insufficient-funds'],
    ['DEADLINE_EXCEEDED', 'deadline-exceeded'],
    ['NEWER_THAN_THIS', 'newer-than-this'],
  ])('names a refusal as the problem does: %s is %s', (rejection, named) => {
    const rejected = { ...committed, status: 'PAY_OUT_STATUS_REJECTED' as const, rejection };
    expect(describePayOut(rejected)).toMatchObject({ status: 'rejected', rejection: named });
  });
});
