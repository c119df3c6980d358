import type { Tenants } from '@billing/contracts';
import type { Database } from './database.js';
import { toParameter } from './tenants.js';

/** Where a pay-in was published: of which node, topic, partition and offset. */
export interface PayInPlace {
  readonly nodeId: number;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** First that holds, in this order. */
export type PayInStatus = 'applied' | 'forwarded' | 'parked' | 'rejected' | 'accepted' | 'unknown';

export interface PayInOutcome {
  readonly status: PayInStatus;
  /** Where it was applied, its home that has credited it, or this node. */
  readonly nodeId: number | undefined;
  readonly accountId: bigint | undefined;
  readonly amountMinor: bigint | undefined;
  readonly currency: string | undefined;
  readonly reference: string | undefined;
  /** A JSON object, as text. */
  readonly metadata: string | undefined;
  readonly occurredAt: Date | undefined;
  /** Of a rejected one: the dead letter's reason. */
  readonly reason: string | undefined;
  readonly detail: string | undefined;
}

interface OutcomeRow extends Record<string, unknown> {
  outcome: PayInStatus;
  node_id: number | null;
  account_id: bigint | null;
  amount_minor: bigint | null;
  currency: string | null;
  reference: string | null;
  metadata: string | null;
  occurred_at: Date | null;
  reason: string | null;
  detail: string | null;
}

/** `billing.get_pay_in`: what became of a command, as far as this node knows. @throws DatabaseError */
export async function getPayIn(
  database: Database,
  commandId: string,
  place: PayInPlace | undefined,
  tenants: Tenants,
): Promise<PayInOutcome> {
  const [row] = await database.query<OutcomeRow>(
    'get_pay_in',
    // As text: digits that a double cannot hold.
    'select outcome, node_id, account_id, amount_minor, currency, reference, metadata::text, occurred_at,' +
      ' reason, detail from billing.get_pay_in($1, $2, $3, $4, $5, $6)',
    [
      commandId,
      place?.nodeId ?? null,
      place?.topic ?? null,
      place?.partition ?? null,
      place?.offset ?? null,
      toParameter(tenants),
    ],
  );
  if (row === undefined) throw new TypeError('billing.get_pay_in returned no row');
  return {
    status: row.outcome,
    nodeId: row.node_id ?? undefined,
    accountId: row.account_id ?? undefined,
    amountMinor: row.amount_minor ?? undefined,
    currency: row.currency ?? undefined,
    reference: row.reference ?? undefined,
    metadata: row.metadata ?? undefined,
    occurredAt: row.occurred_at ?? undefined,
    reason: row.reason ?? undefined,
    detail: row.detail ?? undefined,
  };
}
