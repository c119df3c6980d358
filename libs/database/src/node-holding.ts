import type { Caller, Session } from './database.js';

// Any number will do, as long as nothing else in the database locks it.
const HOLDER_LOCK = 6_201_450_731;

/**
 * Makes this session the node's holder, unless another one is. The lock lives as long as the
 * connection: a holder that dies gives way at once. @throws DatabaseError
 */
export async function tryHoldNode(session: Session): Promise<boolean> {
  const [row] = await session.query<{ held: boolean }>(
    'try_hold_node',
    'select pg_try_advisory_lock($1) as held',
    [HOLDER_LOCK],
  );
  return row?.held === true;
}

/** `billing.beat`: touches this node's heartbeat. @throws DatabaseError */
export async function beat(database: Caller): Promise<Date> {
  const [row] = await database.query<{ beat_at: Date }>('beat', 'select billing.beat() as beat_at');
  if (row === undefined) throw new TypeError('billing.beat returned no row');
  return row.beat_at;
}
