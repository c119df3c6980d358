import type { Tenants } from '@billing/contracts';
import type { Database } from './database.js';
import { toParameter } from './tenants.js';

/** An operation on an account: what one request, message or act did to it, at whichever nodes. */
export interface AccountOperation {
  readonly key: OperationKey;
  readonly kind: string;
  /** Sum of its entries, signed. */
  readonly amountMinor: bigint;
  readonly reference: string | undefined;
  /** In order of time. */
  readonly entries: readonly OperationEntry[];
  readonly details: OperationDetails;
}

/** Where it stands in the account's history, for good. */
export interface OperationKey {
  /** Since 1970. */
  readonly ms: number;
  readonly id: string;
  readonly slot: number;
}

export interface OperationEntry {
  readonly nodeId: number;
  readonly entryType: string;
  readonly amountMinor: bigint;
  readonly createdAt: Date;
}

/** What the node that is asked knows beside the entries; metadata and what follows it of what it keeps alone. */
export interface OperationDetails {
  readonly state: string | undefined;
  /** A JSON object, as text. */
  readonly metadata: string | undefined;
  readonly charge: OperationCharge | undefined;
  readonly duplicateOf: string | undefined;
  /** Of a refund: of what it is. */
  readonly payOutId: string | undefined;
  readonly holdId: string | undefined;
  readonly captureId: string | undefined;
  readonly refundedMinor: bigint | undefined;
  /** Of a hold. */
  readonly capturedMinor: bigint | undefined;
}

export interface OperationCharge {
  readonly serviceId: string;
  readonly quantity: string;
  readonly price: string;
  readonly unit: string | undefined;
}

/** Which operations are wanted; undefined: all. */
export interface OperationFilter {
  readonly kind: string | undefined;
  /** Times as text, since a Date has no microseconds: it stands at `since` or later, before `until`. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  /** It has an entry there. */
  readonly nodeId: number | undefined;
}

interface OperationRow extends Record<string, unknown> {
  ms: bigint;
  id: string;
  slot: number;
  type: string;
  amount_minor: string;
  reference: string | null;
  entries: { node_id: number; type: string; amount_minor: string; at: string }[];
  details: {
    state?: string | null;
    metadata?: string | null;
    charge?: { service_id: string; quantity: string; price: string; unit: string | null } | null;
    duplicate_of?: string | null;
    pay_out_id?: string | null;
    hold_id?: string | null;
    capture_id?: string | null;
    refunded_minor?: string | null;
    captured_minor?: string | null;
  };
}

/** `billing.list_operations`: a page of what was done to an account, newest first. @throws DatabaseError */
export async function listOperations(
  database: Database,
  page: {
    readonly accountId: string;
    readonly before: OperationKey | undefined;
    readonly limit: number;
    readonly filter: OperationFilter;
    readonly tenants: Tenants;
  },
): Promise<AccountOperation[]> {
  const { before, filter } = page;
  const rows = await database.query<OperationRow>(
    'list_operations',
    `select * from billing.list_operations($1,
       case when $2::bigint is not null then row($2, $3::uuid, $4::integer)::billing.operation_key end, $5, $6, $7, $8, $9, $10)`,
    [
      page.accountId,
      before?.ms ?? null,
      before?.id ?? null,
      before?.slot ?? null,
      page.limit,
      filter.kind === undefined ? null : [filter.kind],
      filter.since ?? null,
      filter.until ?? null,
      filter.nodeId ?? null,
      toParameter(page.tenants),
    ],
  );
  return rows.map((row) => ({
    key: { ms: Number(row.ms), id: row.id, slot: row.slot },
    kind: row.type,
    amountMinor: BigInt(row.amount_minor),
    reference: row.reference ?? undefined,
    entries: row.entries.map((entry) => ({
      nodeId: entry.node_id,
      entryType: entry.type,
      amountMinor: BigInt(entry.amount_minor),
      createdAt: new Date(entry.at),
    })),
    details: toDetails(row.details),
  }));
}

function toDetails(details: OperationRow['details']): OperationDetails {
  const { charge, refunded_minor: refunded, captured_minor: captured } = details;
  return {
    state: details.state ?? undefined,
    metadata: details.metadata ?? undefined,
    charge: charge
      ? {
          serviceId: charge.service_id,
          quantity: charge.quantity,
          price: charge.price,
          unit: charge.unit ?? undefined,
        }
      : undefined,
    duplicateOf: details.duplicate_of ?? undefined,
    payOutId: details.pay_out_id ?? undefined,
    holdId: details.hold_id ?? undefined,
    captureId: details.capture_id ?? undefined,
    refundedMinor: refunded === null || refunded === undefined ? undefined : BigInt(refunded),
    capturedMinor: captured === null || captured === undefined ? undefined : BigInt(captured),
  };
}
