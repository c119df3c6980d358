import type { Caller } from './database.js';

/** What there is to do at this node for its holder. */
export interface Duties {
  /** `listLateAttempts`, `rejectLatePayOuts` or `closeByReplicas` has something to end. */
  readonly hasDrainsLeft: boolean;
  /** `addMissingBalanceRows` has something to do. */
  readonly hasArrivedAccounts: boolean;
  /** `tellDecisions` has something for them. */
  readonly untoldNodeIds: readonly number[];
  /** `unpackBatches` or `sealBatches` has something to do. */
  readonly hasBatches: boolean;
  /** `undoDuplicates` has something to do. */
  readonly hasDuplicates: boolean;
  /** `takeClawbacks` has something to do. */
  readonly hasClawbacks: boolean;
  /** `endHolds` has something to end. */
  readonly hasHoldsOver: boolean;
  /** `askHoldParts` has something for them. */
  readonly holdNodeIds: readonly number[];
}

/** `billing.see_duties`: most often there is nothing, and then nothing else is asked. @throws DatabaseError */
export async function seeDuties(database: Caller): Promise<Duties> {
  const [row] = await database.query<{
    has_drains_left: boolean;
    has_arrived_accounts: boolean;
    untold_node_ids: number[];
    has_batches: boolean;
    has_duplicates: boolean;
    has_clawbacks: boolean;
    has_holds_over: boolean;
    hold_node_ids: number[];
  }>('see_duties', 'select * from billing.see_duties()');
  if (row === undefined) throw new TypeError('select returned no row');
  return {
    hasDrainsLeft: row.has_drains_left,
    hasArrivedAccounts: row.has_arrived_accounts,
    untoldNodeIds: row.untold_node_ids,
    hasBatches: row.has_batches,
    hasDuplicates: row.has_duplicates,
    hasClawbacks: row.has_clawbacks,
    hasHoldsOver: row.has_holds_over,
    holdNodeIds: row.hold_node_ids,
  };
}
