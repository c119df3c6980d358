import type { Caller } from './database.js';
import { toTakings, type Position, type ReserveAnswer, type Taking } from './pay-outs.js';
import { toPaidUpTo, type PaidUpTo, type UpToJson } from './up-to.js';

/** One request of `billing.reserve`. */
export interface Reserve {
  readonly nodeId: number;
  readonly attemptId: string;
  readonly round: number;
  readonly accountId: bigint;
  readonly payOutId: string;
  /** The node that decides. */
  readonly coordinatorNodeId: number;
  readonly wantedMinor: bigint;
  /** As the attempt has it; a donor refuses a reserve that comes after it. */
  readonly deadlineAt: string;
  /** The pay-out's own, for the entries of the drain. */
  readonly reference?: string | undefined;
  /** Of a hold: what is taken is held for so long. */
  readonly heldForMs?: number | undefined;
}

/** `billing.reserve`: sets money of this node's own part aside. @throws DatabaseError */
export async function reserve(
  database: Caller,
  requests: readonly Reserve[],
): Promise<ReserveAnswer[]> {
  const [row] = await database.query<{ answers: ReserveAnswer[] }>(
    'reserve',
    'select billing.reserve($1) as answers',
    [encodeReserves(requests)],
  );
  return row?.answers ?? [];
}

/**
 * `billing.reserve_at_nodes`: the same at other nodes, all at once. Each request has its answer, in any
 * order. The connections to the nodes stay with the session that asks.
 * @throws DatabaseError
 */
export async function reserveAtNodes(
  session: Caller,
  requests: readonly Reserve[],
  timeoutMs: number,
): Promise<ReserveAnswer[]> {
  const [row] = await session.query<{ answers: ReserveAnswer[] }>(
    'reserve_at_nodes',
    'select billing.reserve_at_nodes($1, $2) as answers',
    [encodeReserves(requests), timeoutMs],
  );
  return row?.answers ?? [];
}

export type DrainVerdict =
  | 'committed'
  | 'account_deleted'
  | 'insufficient_funds'
  | 'insufficient_reachable_funds'
  | 'contended'
  | 'deadline_exceeded'
  | 'unknown_attempt';

export interface DrainDecision {
  readonly verdict: DrainVerdict;
  /** Who gave what, of a committed one. */
  readonly taken: readonly Taking[];
  readonly availableMinor: bigint | undefined;
  readonly strandedMinor: bigint | undefined;
  readonly unreachableNodes: readonly number[];
  readonly decidedAt: Date | undefined;
  readonly position: Position;
  /** Of a committed one up to an amount. */
  readonly upTo: PaidUpTo | undefined;
}

/** An attempt, and what its rounds brought. */
export interface DrainFindings {
  readonly attemptId: string;
  /** Of all rounds, this node's own included; none: abort it, it is late. */
  readonly answers: readonly ReserveAnswer[];
  /** Whoever may hold something for it. */
  readonly askedNodes: readonly number[];
  /** There is no time for another attempt. */
  readonly isLast: boolean;
}

/** `billing.decide_drain`: the durable word on an attempt. A repeat hears the same. @throws DatabaseError */
export async function decideDrain(
  database: Caller,
  { attemptId, answers, askedNodes, isLast }: DrainFindings,
): Promise<DrainDecision> {
  const [row] = await database.query<DecisionRow>(
    'decide_drain',
    'select * from billing.decide_drain($1, $2, $3, $4)',
    [attemptId, JSON.stringify(answers), askedNodes, isLast],
  );
  if (row === undefined) throw new TypeError('billing.decide_drain returned no row');
  return readDecision(row);
}

/** `billing.decide_drains`: the same of many, in their order, all or none. @throws DatabaseError */
export async function decideDrains(
  database: Caller,
  undecided: readonly DrainFindings[],
): Promise<DrainDecision[]> {
  if (undecided.length === 1) return [await decideDrain(database, undecided[0]!)];
  const rows = await database.query<DecisionRow>(
    'decide_drains',
    'select * from billing.decide_drains($1) order by ordinal',
    [
      JSON.stringify(
        undecided.map(({ attemptId, answers, askedNodes, isLast }) => ({
          attempt_id: attemptId,
          answers,
          asked_nodes: askedNodes,
          is_last: isLast,
        })),
      ),
    ],
  );
  return rows.map(readDecision);
}

interface DecisionRow extends Record<string, unknown> {
  verdict: DrainVerdict;
  taken_nodes: number[] | null;
  taken_minor: bigint[] | null;
  available_minor: string | null;
  stranded_minor: string | null;
  unreachable_nodes: number[] | null;
  decided_at: Date | null;
  position?: string | null;
  up_to?: UpToJson | null;
}

/** The same row as JSON, its amounts as text. */
export interface DecisionJson {
  readonly verdict: DrainVerdict;
  readonly taken_nodes: number[] | null;
  readonly taken_minor: string[] | null;
  readonly available_minor: string | null;
  readonly stranded_minor: string | null;
  readonly unreachable_nodes: number[] | null;
  readonly decided_at: string | null;
  /** Absent: of a node whose SQL is a version older. */
  readonly position?: string | null;
  readonly up_to?: UpToJson | null;
}

export function toDecision(json: DecisionJson): DrainDecision {
  const { decided_at: decidedAt } = json;
  return readDecision({
    ...json,
    taken_minor: json.taken_minor?.map(BigInt) ?? null,
    decided_at: decidedAt === null ? null : new Date(decidedAt),
  });
}

function readDecision(row: DecisionRow): DrainDecision {
  return {
    verdict: row.verdict,
    taken: row.verdict === 'committed' ? toTakings(row.taken_nodes, row.taken_minor) : [],
    availableMinor: toBigint(row.available_minor),
    strandedMinor: toBigint(row.stranded_minor),
    unreachableNodes: row.unreachable_nodes ?? [],
    decidedAt: row.decided_at ?? undefined,
    position: row.position ?? undefined,
    upTo: row.up_to ? toPaidUpTo(row.up_to) : undefined,
  };
}

export interface Telling {
  readonly status: 'nothing' | 'told' | 'unreachable' | 'unknown';
  readonly told: readonly string[];
  /** Attempts whose decision does not fit what the node holds. */
  readonly refused: readonly string[];
}

/** `billing.tell_decisions`: brings decisions to a node that may hold money for them. @throws DatabaseError */
export async function tellDecisions(
  session: Caller,
  nodeId: number,
  limit: number,
  timeoutMs: number,
): Promise<Telling> {
  const [row] = await session.query<{
    status: Telling['status'];
    told: string[];
    refused: string[];
  }>(
    'tell_decisions',
    'select status, told::text[], refused::text[] from billing.tell_decisions($1, $2, $3)',
    [nodeId, limit, timeoutMs],
  );
  if (row === undefined) throw new TypeError('billing.tell_decisions returned no row');
  return row;
}

/** `billing.mark_told`: the node has carried these out. @throws DatabaseError */
export async function markTold(
  database: Caller,
  nodeId: number,
  attemptIds: readonly string[],
): Promise<number> {
  const [row] = await database.query<{ marked: number }>(
    'mark_told',
    'select billing.mark_told($1, $2) as marked',
    [nodeId, attemptIds],
  );
  return row?.marked ?? 0;
}

/** `billing.list_late_attempts`: pending ones of this node past their deadline. @throws DatabaseError */
export async function listLateAttempts(database: Caller, limit: number): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    'list_late_attempts',
    'select id from billing.list_late_attempts($1) as id',
    [limit],
  );
  return rows.map(({ id }) => id);
}

/** `billing.reject_late_pay_outs`: pending ones without an attempt past their deadline. @throws DatabaseError */
export async function rejectLatePayOuts(database: Caller, limit: number): Promise<number> {
  const [row] = await database.query<{ rejected: number }>(
    'reject_late_pay_outs',
    'select billing.reject_late_pay_outs($1) as rejected',
    [limit],
  );
  return row?.rejected ?? 0;
}

/** `billing.close_by_replicas`: carries out what replication brought. @throws DatabaseError */
export async function closeByReplicas(database: Caller, limit: number): Promise<number> {
  const [row] = await database.query<{ closed: number }>(
    'close_by_replicas',
    'select billing.close_by_replicas($1) as closed',
    [limit],
  );
  return row?.closed ?? 0;
}

export interface AskedDecisions {
  readonly status: 'nothing' | 'answered' | 'unreachable' | 'unknown';
  /** For `closeReservations`, as SQL said it; undefined when nothing is decided. */
  readonly decided: unknown;
  /** Attempts that the node never heard of: kept, and a reason to alarm. */
  readonly unknown: readonly string[];
}

/** `billing.ask_decisions`: asks a node about its drains past their deadline. @throws DatabaseError */
export async function askDecisions(
  session: Caller,
  nodeId: number,
  limit: number,
  timeoutMs: number,
): Promise<AskedDecisions> {
  const [row] = await session.query<{
    status: AskedDecisions['status'];
    decided: unknown;
    unknown: string[];
  }>(
    'ask_decisions',
    'select status, decided, unknown::text[] from billing.ask_decisions($1, $2, $3)',
    [nodeId, limit, timeoutMs],
  );
  if (row === undefined) throw new TypeError('billing.ask_decisions returned no row');
  return { ...row, decided: row.decided ?? undefined };
}

/** `billing.close_reservations`: carries out decisions here. @returns refused attempts @throws DatabaseError */
export async function closeReservations(database: Caller, decided: unknown): Promise<string[]> {
  const [row] = await database.query<{ refused: string[] }>(
    'close_reservations',
    'select billing.close_reservations($1)::text[] as refused',
    [JSON.stringify(decided)],
  );
  return row?.refused ?? [];
}

/** `billing.forget_pay_outs`: old keys and what old drains left. @returns rows forgotten @throws DatabaseError */
export async function forgetPayOuts(
  database: Caller,
  olderThanMs: number,
  limit: number,
): Promise<number> {
  const [row] = await database.query<{ forgotten: number }>(
    'forget_pay_outs',
    "select billing.forget_pay_outs($1 * interval '1 ms', $2) as forgotten",
    [olderThanMs, limit],
  );
  return row?.forgotten ?? 0;
}

function encodeReserves(requests: readonly Reserve[]): string {
  return JSON.stringify(
    requests.map((request) => ({
      node_id: request.nodeId,
      attempt_id: request.attemptId,
      round: request.round,
      account_id: request.accountId.toString(),
      pay_out_id: request.payOutId,
      coordinator_node_id: request.coordinatorNodeId,
      wanted_minor: request.wantedMinor.toString(),
      deadline_at: request.deadlineAt,
      reference: request.reference,
      held_for_ms: request.heldForMs,
    })),
  );
}

function toBigint(text: string | null): bigint | undefined {
  return text === null ? undefined : BigInt(text);
}
