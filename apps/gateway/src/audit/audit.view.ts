import type { AuditFault, AuditRun, Listing, MoneyOfDeleted } from '@billing/database';
import { formatAmount } from '@billing/money';
import { Type } from 'typebox';
import {
  accountIdSchema,
  nodeSchema,
  orNull,
  shownCurrencySchema,
  sumSchema,
  timeSchema,
  type View,
} from '../http/field-schemas.js';

const runView = Type.Object(
  {
    walk: Type.String(),
    status: Type.Enum(['checked', 'unreachable', 'behind']),
    beganAt: timeSchema,
    steppedAt: timeSchema,
    completedAt: orNull(timeSchema),
    checked: Type.String(),
  },
  { title: 'AuditRun' },
);

const minor = Type.String({ pattern: '^-?[0-9]+$', description: 'In minor units.' });

const faultView = Type.Object(
  {
    check: Type.String(),
    node: nodeSchema,
    accountId: orNull(Type.String()),
    subject: Type.String(),
    expectedMinor: minor,
    foundMinor: minor,
    detail: Type.String(),
    firstSeenAt: timeSchema,
    lastSeenAt: timeSchema,
    resolvedAt: orNull(timeSchema),
  },
  { title: 'AuditFault' },
);

const findings = Type.Object({
  runs: Type.Array(runView),
  faults: Type.Array(faultView),
  total: Type.Integer({ minimum: 0 }),
});

const moneyOfDeleted = Type.Object({
  moneyOfDeleted: Type.Array(
    Type.Object(
      { accountId: accountIdSchema, amount: sumSchema, currency: shownCurrencySchema },
      { title: 'MoneyOfDeleted' },
    ),
  ),
  moneyOfDeletedTotal: Type.Integer({ minimum: 0 }),
});

export const auditView = Type.Object(
  { node: nodeSchema, ...findings.properties, ...moneyOfDeleted.properties },
  { title: 'Audit' },
);

/** Figures are in minor units: what is compared is not always an amount of one account. */
export function describeAudit(
  faults: Listing<AuditFault>,
  runs: readonly AuditRun[],
): View<typeof findings> {
  return {
    runs: runs.map((run) => ({
      walk: run.walk,
      status: run.status,
      beganAt: run.beganAt.toISOString(),
      steppedAt: run.steppedAt.toISOString(),
      completedAt: run.completedAt?.toISOString() ?? null,
      checked: run.checked.toString(),
    })),
    faults: faults.items.map((fault) => ({
      check: fault.check,
      node: fault.nodeId,
      accountId: fault.accountId?.toString() ?? null,
      subject: fault.subject,
      expectedMinor: fault.expectedMinor.toString(),
      foundMinor: fault.foundMinor.toString(),
      detail: fault.detail,
      firstSeenAt: fault.firstSeenAt.toISOString(),
      lastSeenAt: fault.lastSeenAt.toISOString(),
      resolvedAt: fault.resolvedAt?.toISOString() ?? null,
    })),
    total: faults.total,
  };
}

/** No fault: left by a forced deletion, or arrived before the deletion did. A correction takes it out. */
export function describeMoneyOfDeleted({
  items,
  total,
}: Listing<MoneyOfDeleted>): View<typeof moneyOfDeleted> {
  return {
    moneyOfDeleted: items.map(({ accountId, currency, balanceMinor }) => ({
      accountId: accountId.toString(),
      amount: formatAmount(balanceMinor, currency),
      currency,
    })),
    moneyOfDeletedTotal: total,
  };
}
