import type { Ledger } from '../ledger.js';
import { askEach } from './checker.js';

/** A reservation that nobody has closed, and what a committed decision takes from it. */
export interface OpenReservation {
  readonly attemptId: string;
  readonly nodeId: number;
  readonly accountId: bigint;
  readonly payOutId: string;
  readonly amountMinor: bigint;
  readonly takenMinor: bigint;
  /** Of a hold: what is taken is held from then on, not spent. */
  readonly isHeld: boolean;
}

/** Each donor is asked for its reservations, each coordinator's node for its decisions: no replicas. */
export async function openReservations(ledgers: readonly Ledger[]): Promise<OpenReservation[]> {
  const reservations = await askEach<{
    attempt_id: string;
    round: number;
    account_id: bigint;
    pay_out_id: string;
    amount_minor: bigint;
    is_held: boolean;
  }>(
    ledgers,
    `/* open reservations */ select attempt_id, round, account_id, pay_out_id, amount_minor,
            hold_ends_at is not null as is_held
       from billing.reservations where state = 'reserved'`,
  );
  const takes = await askEach<{ place: string; minor: bigint }>(
    ledgers,
    `/* takes */ select concat_ws(' ', d.attempt_id, t.node, t.round) as place, t.minor
       from billing.drain_decisions d,
            unnest(d.taken_nodes, d.taken_rounds, d.taken_minor) as t (node, round, minor)
      where d.node_id = billing.local_node_id() and d.decision = 'committed'`,
  );
  const takenAt = new Map(takes.map(({ place, minor }) => [place, minor]));
  return reservations.map((row) => ({
    attemptId: row.attempt_id,
    nodeId: row.askedNode,
    accountId: row.account_id,
    payOutId: row.pay_out_id,
    amountMinor: row.amount_minor,
    takenMinor: takenAt.get(`${row.attempt_id} ${row.askedNode} ${row.round}`) ?? 0n,
    isHeld: row.is_held,
  }));
}
