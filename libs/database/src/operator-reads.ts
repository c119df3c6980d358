import type { Database } from './database.js';
import { toPlace, type MessagePlace, type PlaceRow } from './message-place.js';

export interface Listing<T> {
  readonly items: readonly T[];
  /** How many there are; `items` may hold fewer. */
  readonly total: number;
}

export interface ParkedPayIn extends MessagePlace {
  readonly commandId: string;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string | undefined;
  readonly parkedAt: Date;
}

export interface DeadLetterSummary extends MessagePlace {
  readonly commandId: string | undefined;
  readonly accountId: bigint | undefined;
  readonly reason: string;
  readonly detail: string;
  readonly state: string;
  readonly recordedAt: Date;
}

export interface DeadLetterRecord extends DeadLetterSummary {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly publishedAt: Date | undefined;
  readonly resolvedBy: string | undefined;
  readonly resolvedAt: Date | undefined;
}

/** Entries of one account that one node wrote, as far as they are known here. */
export interface EntryCount {
  readonly accountId: bigint;
  readonly nodeId: number;
  readonly entries: number;
  readonly amountMinor: bigint;
}

interface ParkedRow extends PlaceRow {
  command_id: string;
  account_id: bigint;
  amount_minor: bigint;
  currency: string;
  reference: string | null;
  parked_at: Date;
  total: bigint;
}

interface LetterRow extends PlaceRow {
  command_id: string | null;
  account_id: bigint | null;
  reason: string;
  detail: string;
  state: string;
  recorded_at: Date;
}

/** `billing.list_parked_pay_ins`, oldest first. @throws DatabaseError */
export async function listParkedPayIns(
  database: Database,
  limit: number,
): Promise<Listing<ParkedPayIn>> {
  const rows = await database.query<ParkedRow>(
    'list_parked_pay_ins',
    'select * from billing.list_parked_pay_ins($1)',
    [limit],
  );
  const items = rows.map((row) => ({
    ...toPlace(row),
    commandId: row.command_id,
    accountId: row.account_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    reference: row.reference ?? undefined,
    parkedAt: row.parked_at,
  }));
  return { items, total: Number(rows[0]?.total ?? 0) };
}

/** `billing.list_dead_letters`, newest first. @throws DatabaseError 22P02 for an unknown state or reason */
export async function listDeadLetters(
  database: Database,
  wanted: {
    readonly state?: string | undefined;
    readonly reason?: string | undefined;
    readonly accountId?: string | undefined;
    readonly limit: number;
  },
): Promise<Listing<DeadLetterSummary>> {
  const rows = await database.query<LetterRow & { total: bigint }>(
    'list_dead_letters',
    'select * from billing.list_dead_letters($1, $2, $3, $4)',
    [wanted.state ?? null, wanted.reason ?? null, wanted.accountId ?? null, wanted.limit],
  );
  return { items: rows.map(toSummary), total: Number(rows[0]?.total ?? 0) };
}

/** `billing.get_dead_letter`. @throws DatabaseError */
export async function getDeadLetter(
  database: Database,
  place: MessagePlace,
): Promise<DeadLetterRecord | undefined> {
  const [row] = await database.query<
    LetterRow & {
      message_key: Buffer | null;
      message_value: Buffer | null;
      published_at: Date | null;
      resolved_by: string | null;
      resolved_at: Date | null;
    }
  >('get_dead_letter', 'select * from billing.get_dead_letter($1, $2, $3, $4)', [
    place.topic,
    place.partition,
    place.offset,
    place.incarnation,
  ]);
  return (
    row && {
      ...toSummary(row),
      key: row.message_key,
      value: row.message_value,
      publishedAt: row.published_at ?? undefined,
      resolvedBy: row.resolved_by ?? undefined,
      resolvedAt: row.resolved_at ?? undefined,
    }
  );
}

/** `billing.count_entries`: what this node knows of the accounts' entries of a type. @throws DatabaseError */
export async function countEntries(
  database: Database,
  accountIds: readonly string[],
  /** Undefined: of every type. */
  operationType: string | undefined,
): Promise<EntryCount[]> {
  const rows = await database.query<{
    account_id: bigint;
    node_id: number;
    entries: bigint;
    amount_minor: string;
  }>('count_entries', 'select * from billing.count_entries($1::bigint[], $2)', [
    accountIds,
    operationType ?? null,
  ]);
  return rows.map((row) => ({
    accountId: row.account_id,
    nodeId: row.node_id,
    entries: Number(row.entries),
    amountMinor: BigInt(row.amount_minor),
  }));
}

function toSummary(row: LetterRow): DeadLetterSummary {
  return {
    ...toPlace(row),
    commandId: row.command_id ?? undefined,
    accountId: row.account_id ?? undefined,
    reason: row.reason,
    detail: row.detail,
    state: row.state,
    recordedAt: row.recorded_at,
  };
}
