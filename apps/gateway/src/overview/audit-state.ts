import {
  getAccount,
  listAuditFaults,
  listAuditRuns,
  type AuditFault,
  type AuditRun,
  type Database,
} from '@billing/database';
import { exponentOf, formatAmount } from '@billing/money';
import type { View } from '../http/field-schemas.js';
import type { auditStateView } from './node-snapshot.view.js';

/** What the auditor of this node has published, in short. */
export interface AuditState {
  readonly open: number;
  /** Of the open ones, that which was seen last. */
  readonly first: AuditFault | undefined;
  /** Of the first one's account, while it is known here. */
  readonly currency: string | undefined;
  /** When a walk last came to its end and left nothing out; undefined: none ever has. */
  readonly walkedAt: Date | undefined;
}

/** @throws DatabaseError */
export async function readAuditState(database: Database): Promise<AuditState> {
  const [{ items, total }, runs] = await Promise.all([
    listAuditFaults(database, false, 1, 'all'),
    listAuditRuns(database),
  ]);
  const [first] = items;
  const accountId = first?.accountId?.toString();
  const account =
    accountId === undefined ? undefined : await getAccount(database, accountId, 'all');
  return { open: total, first, currency: account?.currency, walkedAt: lastWalk(runs) };
}

function lastWalk(runs: readonly AuditRun[]): Date | undefined {
  const ends = runs.flatMap(({ completedAt }) => completedAt?.getTime() ?? []);
  return ends.length === 0 ? undefined : new Date(Math.max(...ends));
}

/** As the snapshot of a node has it. */
export function describeAuditState(
  { open, first, currency, walkedAt }: AuditState,
  tellsFaults: boolean,
  nowMs = Date.now(),
): View<typeof auditStateView> {
  const walkedMs = walkedAt && Math.max(0, nowMs - walkedAt.getTime());
  return {
    open,
    first: first === undefined || !tellsFaults ? null : describeFirst(first, currency),
    // Whole seconds in tens: a snapshot is new to its watchers whenever a figure of it changes.
    walkedSeconds: walkedMs === undefined ? null : Math.floor(walkedMs / 10_000) * 10,
  };
}

function describeFirst(
  fault: AuditFault,
  currency: string | undefined,
): View<typeof auditStateView>['first'] {
  const minor = fault.foundMinor - fault.expectedMinor;
  const isMoney = currency !== undefined && exponentOf(currency) !== undefined;
  return {
    check: fault.check,
    node: fault.nodeId,
    accountId: fault.accountId?.toString() ?? null,
    subject: fault.subject,
    differenceMinor: minor.toString(),
    difference: isMoney ? formatAmount(minor, currency) : null,
    currency: isMoney ? currency : null,
  };
}
