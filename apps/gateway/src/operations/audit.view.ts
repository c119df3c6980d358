import type { AuditFault, AuditRun, Listing } from '@billing/database';

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
