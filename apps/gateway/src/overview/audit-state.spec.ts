import type { AuditFault } from '@billing/database';
import { describeAuditState, type AuditState } from './audit-state.js';

const fault: AuditFault = {
  check: 'balance',
  nodeId: 2,
  accountId: 129n,
  subject: '',
  expectedMinor: 20_000n,
  foundMinor: 7_655n,
  detail: 'balance and sum of entries',
  firstSeenAt: new Date(0),
  lastSeenAt: new Date(0),
  resolvedAt: undefined,
};

const state = (change: Partial<AuditState> = {}): AuditState => ({
  open: 1,
  first: fault,
  currency: 'USD',
  walkedAt: new Date(1_000),
  ...change,
});

describe('the audit in a snapshot', () => {
  test('has the difference in minor units and as money of the account', () => {
    expect(describeAuditState(state(), true, 39_000)).toEqual({
      open: 1,
      first: {
        check: 'balance',
        node: 2,
        accountId: '129',
        subject: '',
        differenceMinor: '-12345',
        difference: '-123.45',
        currency: 'USD',
      },
      walkedSeconds: 30,
    });
  });

  test('has no amount of what is not known to be money', () => {
    const first = { ...fault, check: 'offset', accountId: undefined, subject: 'billing.payin:3' };
    expect(describeAuditState(state({ first, currency: undefined }), true)).toMatchObject({
      first: { accountId: null, differenceMinor: '-12345', difference: null, currency: null },
    });
  });

  test('counts, and does not say what it is to whom that is not told', () => {
    expect(describeAuditState(state(), false)).toMatchObject({ open: 1, first: null });
  });

  test('says when no walk has ever come to its end', () => {
    expect(
      describeAuditState({ ...state(), open: 0, first: undefined, walkedAt: undefined }, true),
    ).toEqual({ open: 0, first: null, walkedSeconds: null });
  });
});
