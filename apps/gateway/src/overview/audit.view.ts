import type { AuditFault, AuditRun, Listing, MoneyOfDeleted } from '@billing/database';
import { formatAmount } from '@billing/money';

/** Figures are in minor units: what is compared is not always an amount of one account. */
export function describeAudit(faults: Listing<AuditFault>, runs: readonly AuditRun[]): object {
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
export function describeMoneyOfDeleted({ items, total }: Listing<MoneyOfDeleted>): object {
  return {
    moneyOfDeleted: items.map(({ accountId, currency, balanceMinor }) => ({
      accountId: accountId.toString(),
      amount: formatAmount(balanceMinor, currency),
      currency,
    })),
    moneyOfDeletedTotal: total,
  };
}
