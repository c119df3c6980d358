import type { MessageName, PayIn, PayInViolation, Tenants } from '@billing/contracts';
import { isPayInViolation } from '@billing/contracts';
import type { Database } from './database.js';
import { toParameter } from './tenants.js';

/** Who does what to which message, and why. */
export interface ActCall {
  readonly name: MessageName;
  readonly clientId: string;
  /** Whose letters it may act on. */
  readonly tenants: Tenants;
  /** Where the client asked from; undefined: not known. */
  readonly address: string | undefined;
  readonly note: string | undefined;
}

/** See the headers of the functions in sql/stage1/all/letters. */
export type ActResult =
  | 'applied'
  | 'duplicate'
  | 'parked'
  | 'discarded'
  | 'refused'
  | 'not_found'
  | 'resolved'
  | 'needs_new_id'
  | 'keeps_id';

export interface ActOutcome {
  readonly result: ActResult;
  readonly reason: string | undefined;
  readonly detail: string | undefined;
  /** The act that counts, of this client or of whoever came first. */
  readonly act: string | undefined;
  readonly clientId: string | undefined;
  readonly at: Date | undefined;
}

interface OutcomeRow extends Record<string, unknown> {
  result: ActResult;
  reason: string | null;
  detail: string | null;
  act: string | null;
  client_id: string | null;
  acted_at: Date | null;
}

/** Whose it is, the letter knows. */
type Content = Omit<PayIn, 'commandId' | 'tenant'>;

/**
 * `billing.replay_dead_letter`. Safe to repeat.
 * @param content what the letter's bytes say @throws DatabaseError
 */
export function replayDeadLetter(
  database: Database,
  call: ActCall,
  content: Content | PayInViolation,
): Promise<ActOutcome> {
  const values = isPayInViolation(content)
    ? [null, null, null, null, null, content.reason, content.detail]
    : [...toParameters(content), null, null];
  const home = isPayInViolation(content) ? undefined : content.homeNodeId;
  return act(database, 'replay_dead_letter', call, values, [home ?? null]);
}

/**
 * `billing.correct_dead_letter`. Safe to repeat.
 * @param newCommandId for a conflict whose correction names none @throws DatabaseError
 */
export function correctDeadLetter(
  database: Database,
  call: ActCall,
  correction: Content & {
    readonly commandId: string | undefined;
    readonly newCommandId: string;
  },
): Promise<ActOutcome> {
  const { commandId, newCommandId } = correction;
  const values = [commandId ?? null, newCommandId, ...toParameters(correction)];
  return act(database, 'correct_dead_letter', call, values);
}

/** `billing.discard_dead_letter`. Safe to repeat. @throws DatabaseError */
export function discardDeadLetter(database: Database, call: ActCall): Promise<ActOutcome> {
  return act(database, 'discard_dead_letter', call, []);
}

/** `billing.retry_parked_pay_in`. Safe to repeat. @throws DatabaseError */
export function retryParkedPayIn(database: Database, call: ActCall): Promise<ActOutcome> {
  return act(database, 'retry_parked_pay_in', call, []);
}

/** `billing.discard_parked_pay_in`. Safe to repeat. @throws DatabaseError */
export function discardParkedPayIn(database: Database, call: ActCall): Promise<ActOutcome> {
  return act(database, 'discard_parked_pay_in', call, []);
}

/** `billing.list_parked_to_retry`: those whose account has arrived first. @throws DatabaseError */
export async function listParkedToRetry(
  database: Database,
  limit: number,
  tenants: Tenants,
): Promise<{ readonly total: number; readonly names: readonly MessageName[] }> {
  const [row] = await database.query<{
    total: bigint;
    messages: { topic: string; partition: number; offset: string; incarnation: number }[];
  }>('list_parked_to_retry', 'select * from billing.list_parked_to_retry($1, $2)', [
    limit,
    toParameter(tenants),
  ]);
  return {
    total: Number(row?.total ?? 0),
    names: (row?.messages ?? []).map((name) => ({ ...name, offset: BigInt(name.offset) })),
  };
}

async function act(
  database: Database,
  name: string,
  call: ActCall,
  values: readonly unknown[],
  last: readonly unknown[] = [],
): Promise<ActOutcome> {
  const { topic, partition, offset, incarnation } = call.name;
  const all = [
    ...[topic, partition, offset, incarnation, call.clientId, call.note ?? null],
    ...values,
    toParameter(call.tenants),
    call.address ?? null,
    ...last,
  ];
  const places = all.map((_, index) => `$${index + 1}`).join(', ');
  const [row] = await database.query<OutcomeRow>(
    name,
    `select * from billing.${name}(${places})`,
    all,
  );
  if (row === undefined) throw new TypeError(`billing.${name} returned no row`);
  return {
    result: row.result,
    reason: row.reason ?? undefined,
    detail: row.detail ?? undefined,
    act: row.act ?? undefined,
    clientId: row.client_id ?? undefined,
    at: row.acted_at ?? undefined,
  };
}

function toParameters(content: Content): unknown[] {
  const { accountId, amountMinor, currency, reference, metadata } = content;
  return [accountId, amountMinor, currency, reference ?? null, metadata ?? null];
}
