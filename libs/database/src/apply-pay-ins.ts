import {
  DEFAULT_TENANT,
  isPayInViolation,
  type PayIn,
  type PayInViolation,
} from '@billing/contracts';
import type { Database } from './database.js';

/** One message of a batch as it came. */
export interface PayInBatchMessage {
  readonly offset: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
}

export interface PayInBatch {
  readonly topic: string;
  readonly partition: number;
  readonly epoch: bigint;
  /** The batch covers [firstOffset, nextOffset); firstOffset is what the broker was asked for. */
  readonly firstOffset: bigint;
  readonly nextOffset: bigint;
  /** In offset order. */
  readonly messages: readonly PayInBatchMessage[];
  /** What each message says, or why it says nothing, at the same index. */
  readonly contents: readonly (PayIn | PayInViolation)[];
}

export interface PayInBatchOutcome {
  /** See the header of billing.apply_pay_ins. */
  readonly status: 'stored' | 'seen' | 'gap' | 'fenced' | 'halted';
  readonly nextOffset: bigint;
  readonly applied: number;
  readonly duplicates: number;
  readonly parked: number;
  readonly dead: number;
  readonly detail: string | undefined;
}

const CALL =
  'select * from billing.apply_pay_ins($1, $2, $3, $4, $5, $6::bigint[], $7::uuid[], $8::bigint[],' +
  ' $9::bigint[], $10::text[], $11::text[], $12::integer[], $13::jsonb[], $14::integer[],' +
  ' $15::billing.dead_letter_reason[], $16::text[], $17, $18::integer[], $19::integer[], $20::text[], $21::integer[])';

/**
 * `billing.apply_pay_ins`: credits a Kafka batch and stores the offset behind it, in one call and one
 * transaction. Safe to repeat with the same batch. @throws DatabaseError
 */
export async function applyPayIns(
  database: Database,
  batch: PayInBatch,
): Promise<PayInBatchOutcome> {
  const { columns, payload } = encodeMessages(batch);
  const [row] = await database.query<{
    status: PayInBatchOutcome['status'];
    next_offset: bigint;
    applied: number;
    duplicates: number;
    parked: number;
    dead: number;
    detail: string | null;
  }>('apply_pay_ins', CALL, [
    batch.topic,
    batch.partition,
    batch.epoch,
    batch.firstOffset,
    batch.nextOffset,
    columns.offsets,
    columns.commandIds,
    columns.accountIds,
    columns.amounts,
    columns.currencies,
    columns.references,
    columns.metadataIndexes,
    columns.metadata,
    columns.violationIndexes,
    columns.violationReasons,
    columns.violationDetails,
    payload,
    columns.keySizes,
    columns.valueSizes,
    columns.tenants,
    columns.homes,
  ]);
  if (row === undefined) throw new TypeError('billing.apply_pay_ins returned no row');
  return {
    status: row.status,
    nextOffset: row.next_offset,
    applied: row.applied,
    duplicates: row.duplicates,
    parked: row.parked,
    dead: row.dead,
    detail: row.detail ?? undefined,
  };
}

interface EncodedColumns {
  offsets: string;
  commandIds: string;
  accountIds: string;
  amounts: string;
  currencies: string;
  keySizes: string;
  valueSizes: string;
  references: string | null;
  tenants: string | null;
  homes: string | null;
  metadataIndexes: string | null;
  metadata: string | null;
  violationIndexes: string | null;
  violationReasons: string | null;
  violationDetails: string | null;
}

/**
 * Columns as PostgreSQL array literals, built by hand: pg's own conversion of nested arrays takes
 * longer than the SQL it feeds. Only references, metadata and details can need quoting.
 */
export function encodeMessages({ messages, contents }: Pick<PayInBatch, 'messages' | 'contents'>): {
  columns: EncodedColumns;
  payload: Buffer;
} {
  let offsets = '{';
  let commandIds = '{';
  let accountIds = '{';
  let amounts = '{';
  let currencies = '{';
  let keySizes = '{';
  let valueSizes = '{';
  const parts: Buffer[] = [];
  const references: (string | undefined)[] = [];
  let hasReference = false;
  const tenants: string[] = [];
  let hasTenant = false;
  const homes: (number | undefined)[] = [];
  const metadata: [index: number, text: string][] = [];
  const violations: [index: number, violation: PayInViolation][] = [];

  for (let i = 0; i < messages.length; i += 1) {
    const { offset, key, value } = messages[i]!;
    const content = contents[i]!;
    const comma = i === 0 ? '' : ',';
    offsets += comma + offset;
    keySizes += comma + String(key === null ? -1 : key.length);
    valueSizes += comma + String(value === null ? -1 : value.length);
    if (key !== null) parts.push(key);
    if (value !== null) parts.push(value);
    tenants.push(content.tenant);
    if (content.tenant !== DEFAULT_TENANT) hasTenant = true;
    if (isPayInViolation(content)) {
      violations.push([i + 1, content]);
      commandIds += comma + (content.commandId ?? 'NULL');
      accountIds += comma + (content.accountId ?? 'NULL');
      amounts += comma + 'NULL';
      currencies += comma + 'NULL';
      references.push(undefined);
    } else {
      commandIds += comma + content.commandId;
      accountIds += comma + content.accountId;
      amounts += comma + content.amountMinor.toString();
      currencies += comma + content.currency;
      references.push(content.reference);
      if (content.reference !== undefined) hasReference = true;
      if (content.homeNodeId !== undefined) homes[i] = content.homeNodeId;
      if (content.metadata !== undefined) metadata.push([i + 1, content.metadata]);
    }
  }
  return {
    columns: {
      offsets: `${offsets}}`,
      commandIds: `${commandIds}}`,
      accountIds: `${accountIds}}`,
      amounts: `${amounts}}`,
      currencies: `${currencies}}`,
      keySizes: `${keySizes}}`,
      valueSizes: `${valueSizes}}`,
      // Quoted: a tenant may be called null.
      tenants: hasTenant ? arrayOf(tenants, quote) : null,
      homes: encodeHomes(homes, messages.length),
      references: hasReference ? arrayOf(references, quote) : null,
      ...encodeSparse(metadata, violations),
    },
    payload: Buffer.concat(parts),
  };
}

/** Null: none has one. */
function encodeHomes(homes: readonly (number | undefined)[], count: number): string | null {
  if (homes.length === 0) return null;
  return arrayOf(
    Array.from({ length: count }, (_, i) => homes[i]),
    String,
  );
}

/** What few messages have, with the places of those. */
function encodeSparse(
  metadata: readonly [index: number, text: string][],
  violations: readonly [index: number, violation: PayInViolation][],
): Pick<
  EncodedColumns,
  'metadataIndexes' | 'metadata' | 'violationIndexes' | 'violationReasons' | 'violationDetails'
> {
  return {
    metadataIndexes: sparse(metadata, ([index]) => String(index)),
    metadata: sparse(metadata, ([, text]) => quote(text)),
    violationIndexes: sparse(violations, ([index]) => String(index)),
    violationReasons: sparse(violations, ([, violation]) => violation.reason),
    violationDetails: sparse(violations, ([, violation]) => quote(violation.detail)),
  };
}

function sparse<T>(items: readonly T[], encode: (item: T) => string): string | null {
  return items.length === 0 ? null : arrayOf(items, encode);
}

function arrayOf<T>(items: readonly (T | undefined)[], encode: (item: T) => string): string {
  return `{${items.map((item) => (item === undefined ? 'NULL' : encode(item))).join(',')}}`;
}

function quote(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
