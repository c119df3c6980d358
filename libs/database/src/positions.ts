import type { PositionElement } from '@billing/contracts';
import type { Caller } from './database.js';

export type PositionState =
  | 'arrived'
  | 'awaited'
  /** Of an earlier incarnation than its node's. */
  | 'superseded'
  | 'no_such_node';

/** `billing.see_positions`: what of them has arrived at this node, in their order. @throws DatabaseError */
export async function seePositions(
  database: Caller,
  elements: readonly PositionElement[],
): Promise<PositionState[]> {
  const batches = elements.map((element) => ('number' in element ? element : undefined));
  const messages = elements.map((element) => ('message' in element ? element.message : undefined));
  const [row] = await database.query<{ states: PositionState[] }>(
    'see_positions',
    'select billing.see_positions($1, $2, $3, $4, $5, $6) as states',
    [
      elements.map(({ nodeId }) => nodeId),
      batches.map((batch) => batch?.incarnation ?? null),
      batches.map((batch) => batch?.number ?? null),
      messages.map((message) => message?.topic ?? null),
      messages.map((message) => message?.partition ?? null),
      messages.map((message) => message?.offset ?? null),
    ],
  );
  if (row?.states.length !== elements.length) {
    throw new TypeError(
      `billing.see_positions answered ${row?.states.length} of ${elements.length}`,
    );
  }
  return row.states;
}
