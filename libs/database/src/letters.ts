import type { MessageName, Tenants } from '@billing/contracts';
import type { Database } from './database.js';
import { toParameter } from './tenants.js';
import { toMessageName, type MessageRow } from './message-row.js';

/** What somebody did with a message. */
export interface LetterAct {
  readonly act: string;
  readonly result: string;
  readonly clientId: string;
  readonly at: Date;
  readonly note: string | undefined;
  /** That the credit bears; undefined of a discard. */
  readonly commandId: string | undefined;
}

export interface Letter extends MessageName {
  readonly commandId: string | undefined;
  readonly accountId: bigint | undefined;
  readonly reason: string;
  readonly detail: string;
  readonly state: string;
  readonly recordedAt: Date;
  /** To the microsecond, as a cursor needs it. */
  readonly recordedAtText: string;
  /** Null also where a list leaves it out: more bytes than a pay-in may have. */
  readonly value: Buffer | null;
  readonly acts: readonly LetterAct[];
}

export interface WholeLetter extends Letter {
  readonly key: Buffer | null;
  /** When its copy was on the topic. */
  readonly publishedAt: Date | undefined;
  readonly resolvedBy: string | undefined;
  readonly resolvedAt: Date | undefined;
}

/** The last one of a page, in the order of lists. */
export interface LetterPosition extends MessageName {
  readonly at: string;
}

export interface WantedLetters {
  readonly state?: string | undefined;
  readonly reason?: string | undefined;
  readonly accountId?: string | undefined;
  readonly commandId?: string | undefined;
  readonly after?: LetterPosition | undefined;
  readonly limit: number;
  readonly tenants: Tenants;
}

/** A pay-in that waits for its account's row, or until it takes credits, or for its home. */
export interface ParkedPayIn extends MessageName {
  readonly commandId: string;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  readonly currency: string;
  readonly reference: string | undefined;
  readonly parkedAt: Date;
  readonly parkedAtText: string;
  /** When an operator last tried it. */
  readonly retriedAt: Date | undefined;
  readonly tries: number;
  /** Another node, which is to credit it; undefined: it waits for its account. */
  readonly homeNodeId: number | undefined;
  /** Its account's credits are. */
  readonly isFrozen: boolean;
}

interface LetterRow extends MessageRow {
  command_id: string | null;
  account_id: bigint | null;
  reason: string;
  detail: string;
  state: string;
  recorded_at: Date;
  recorded_at_text: string;
  message_value: Buffer | null;
  acts: {
    act: string;
    result: string;
    client_id: string;
    acted_at: string;
    note: string | null;
    command_id: string | null;
  }[];
}

interface WholeRow extends LetterRow {
  message_key: Buffer | null;
  published_at: Date | null;
  resolved_by: string | null;
  resolved_at: Date | null;
}

const AFTER = (first: number): string =>
  `$${first}, $${first + 1}, $${first + 2}, $${first + 3}, $${first + 4}`;

/** `billing.find_dead_letters`, newest first. @throws DatabaseError 22P02 for an unknown state or reason */
export async function findDeadLetters(
  database: Database,
  wanted: WantedLetters,
): Promise<Letter[]> {
  const rows = await database.query<LetterRow>(
    'find_dead_letters',
    'select *, recorded_at::text as recorded_at_text from billing.find_dead_letters($1, $2, $3, $4, $5, ' +
      `${AFTER(6)}, $11)`,
    [
      wanted.state ?? null,
      wanted.reason ?? null,
      wanted.accountId ?? null,
      wanted.commandId ?? null,
      wanted.limit,
      ...toParameters(wanted.after),
      toParameter(wanted.tenants),
    ],
  );
  return rows.map(toLetter);
}

/** `billing.count_found_dead_letters`: how many pages of any size would bring. @throws DatabaseError */
export async function countFoundDeadLetters(
  database: Database,
  wanted: Pick<WantedLetters, 'state' | 'reason' | 'accountId' | 'tenants'>,
): Promise<number> {
  const [row] = await database.query<{ letters: bigint }>(
    'count_found_dead_letters',
    'select billing.count_found_dead_letters($1, $2, $3, $4) as letters',
    [
      wanted.state ?? null,
      wanted.reason ?? null,
      wanted.accountId ?? null,
      toParameter(wanted.tenants),
    ],
  );
  return Number(row?.letters ?? 0);
}

/** `billing.show_dead_letter`. @throws DatabaseError */
export async function showDeadLetter(
  database: Database,
  name: MessageName,
  tenants: Tenants,
): Promise<WholeLetter | undefined> {
  const [row] = await database.query<WholeRow>(
    'show_dead_letter',
    'select *, recorded_at::text as recorded_at_text from billing.show_dead_letter($1, $2, $3, $4, $5)',
    [name.topic, name.partition, name.offset, name.incarnation, toParameter(tenants)],
  );
  return (
    row && {
      ...toLetter(row),
      key: row.message_key,
      publishedAt: row.published_at ?? undefined,
      resolvedBy: row.resolved_by ?? undefined,
      resolvedAt: row.resolved_at ?? undefined,
    }
  );
}

/** `billing.find_parked_pay_ins`, oldest first. @throws DatabaseError */
export async function findParkedPayIns(
  database: Database,
  wanted: {
    readonly after?: LetterPosition | undefined;
    readonly limit: number;
    readonly tenants: Tenants;
  },
): Promise<ParkedPayIn[]> {
  const rows = await database.query<
    MessageRow & {
      command_id: string;
      account_id: bigint;
      amount_minor: bigint;
      currency: string;
      reference: string | null;
      parked_at: Date;
      parked_at_text: string;
      retried_at: Date | null;
      tries: bigint;
      home_node_id: number | null;
      is_frozen: boolean;
    }
  >(
    'find_parked_pay_ins',
    `select *, parked_at::text as parked_at_text from billing.find_parked_pay_ins($1, ${AFTER(2)}, $7)`,
    [wanted.limit, ...toParameters(wanted.after), toParameter(wanted.tenants)],
  );
  return rows.map((row) => ({
    ...toMessageName(row),
    commandId: row.command_id,
    accountId: row.account_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    reference: row.reference ?? undefined,
    parkedAt: row.parked_at,
    parkedAtText: row.parked_at_text,
    retriedAt: row.retried_at ?? undefined,
    tries: Number(row.tries),
    homeNodeId: row.home_node_id ?? undefined,
    isFrozen: row.is_frozen,
  }));
}

function toParameters(after: LetterPosition | undefined): unknown[] {
  if (after === undefined) return [null, null, null, null, null];
  return [after.at, after.topic, after.partition, after.offset, after.incarnation];
}

function toLetter(row: LetterRow): Letter {
  return {
    ...toMessageName(row),
    commandId: row.command_id ?? undefined,
    accountId: row.account_id ?? undefined,
    reason: row.reason,
    detail: row.detail,
    state: row.state,
    recordedAt: row.recorded_at,
    recordedAtText: row.recorded_at_text,
    value: row.message_value,
    acts: row.acts.map((act) => ({
      act: act.act,
      result: act.result,
      clientId: act.client_id,
      at: new Date(act.acted_at),
      note: act.note ?? undefined,
      commandId: act.command_id ?? undefined,
    })),
  };
}
