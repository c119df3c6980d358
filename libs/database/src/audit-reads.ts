import type { AuditFinding, AuditStatus } from './audit.js';
import type { Tenants } from '@billing/contracts';
import type { Caller } from './database.js';
import type { Listing } from './listing.js';
import { toParameter } from './tenants.js';

/** A finding as the background auditor has published it. */
export interface AuditFault extends AuditFinding {
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Undefined: it is open. */
  readonly resolvedAt: Date | undefined;
}

/** `billing.list_audit_faults`, open ones first. @throws DatabaseError */
export async function listAuditFaults(
  database: Caller,
  withResolved: boolean,
  limit: number,
  tenants: Tenants,
): Promise<Listing<AuditFault>> {
  const rows = await database.query<{
    check_name: string;
    node_id: number;
    account_id: bigint;
    subject: string;
    expected_minor: string;
    found_minor: string;
    detail: string;
    first_seen_at: Date;
    last_seen_at: Date;
    resolved_at: Date | null;
    total: bigint;
  }>('list_audit_faults', 'select * from billing.list_audit_faults($1, $2, $3)', [
    withResolved,
    limit,
    toParameter(tenants),
  ]);
  const items = rows.map((row) => ({
    check: row.check_name,
    nodeId: row.node_id,
    accountId: row.account_id === 0n ? undefined : row.account_id,
    subject: row.subject,
    expectedMinor: BigInt(row.expected_minor),
    foundMinor: BigInt(row.found_minor),
    detail: row.detail,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
    resolvedAt: row.resolved_at ?? undefined,
  }));
  return { items, total: Number(rows[0]?.total ?? 0) };
}

/** How far a walk of the background auditor is. */
export interface AuditRun {
  readonly walk: string;
  readonly beganAt: Date;
  readonly steppedAt: Date;
  /** Of its last pass that left nothing out. */
  readonly completedAt: Date | undefined;
  readonly status: AuditStatus;
  readonly checked: bigint;
}

/** `billing.list_audit_runs`. @throws DatabaseError */
export async function listAuditRuns(database: Caller): Promise<AuditRun[]> {
  const rows = await database.query<{
    walk: string;
    began_at: Date;
    stepped_at: Date;
    completed_at: Date | null;
    status: AuditStatus;
    checked: bigint;
  }>('list_audit_runs', 'select * from billing.list_audit_runs()');
  return rows.map((row) => ({
    walk: row.walk,
    beganAt: row.began_at,
    steppedAt: row.stepped_at,
    completedAt: row.completed_at ?? undefined,
    status: row.status,
    checked: row.checked,
  }));
}

/** `billing.count_audit_faults`: open faults by node and check. @throws DatabaseError */
export async function countAuditFaults(
  database: Caller,
): Promise<{ nodeId: number; check: string; faults: number }[]> {
  const rows = await database.query<{ node_id: number; check_name: string; faults: bigint }>(
    'count_audit_faults',
    'select * from billing.count_audit_faults()',
  );
  return rows.map(({ node_id, check_name, faults }) => ({
    nodeId: node_id,
    check: check_name,
    faults: Number(faults),
  }));
}

/** One node's share of what must hold of an account over all nodes. Amounts are minor units. */
export interface AuditSum {
  readonly accountId: bigint;
  readonly balanceMinor: bigint;
  readonly broughtMinor: bigint;
  readonly paidMinor: bigint;
  readonly entries: bigint;
  /** What is under way; 0: at rest. */
  readonly open: bigint;
}

/** `billing.audit_sums`: accounts after one, up to another (undefined: to the end). @throws DatabaseError */
export async function auditSums(
  database: Caller,
  after: bigint,
  last: bigint | undefined,
  limit: number | undefined,
): Promise<AuditSum[]> {
  const rows = await database.query<{
    account_id: bigint;
    balance_minor: string;
    brought_minor: string;
    paid_minor: string;
    entries: bigint;
    open: bigint;
  }>('audit_sums', 'select * from billing.audit_sums($1, $2, $3)', [
    after,
    last ?? null,
    limit ?? null,
  ]);
  return rows.map((row) => ({
    accountId: row.account_id,
    balanceMinor: BigInt(row.balance_minor),
    broughtMinor: BigInt(row.brought_minor),
    paidMinor: BigInt(row.paid_minor),
    entries: row.entries,
    open: row.open,
  }));
}
