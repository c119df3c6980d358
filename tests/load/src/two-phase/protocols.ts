import type { Session } from '@billing/database';
import { randomUUID } from 'node:crypto';
import type pg from 'pg';

/** A coordinator's session at its own node, with its dblink connections to the donors. */
export interface CoordinatorSession {
  readonly client: pg.Client;
  /** For the system's own calls, which connect to the donors by themselves. */
  readonly session: Session;
  readonly donors: readonly number[];
  /** Connects to the donors anew: a session of dblink that failed may be in the middle of anything. */
  reconnect(): Promise<void>;
}

/** One pay-out, a part from every node. Calls `answered` when a client would have its answer. */
export type Protocol = (
  session: CoordinatorSession,
  accountId: number,
  answered: () => void,
) => Promise<void>;

const PART = 1;

/** Each step commits at once, here and there; no lock outlives a statement. */
export const reservations: Protocol = async ({ client, donors }, accountId, answered) => {
  const attempt = randomUUID();
  await client.query('select two_phase.begin_attempt($1, $2, $3)', [accountId, PART, attempt]);
  await askNodes(client, donors, `select two_phase.reserve(${accountId}, ${PART}, '${attempt}')`);
  await client.query('select two_phase.decide($1)', [attempt]);
  answered();
  await askNodes(client, donors, `select two_phase.settle('${attempt}')`);
  await client.query('select two_phase.mark_told($1)', [attempt]);
};

/**
 * Presumed abort, the coordinator's own commit being the decision: its part is debited in a transaction
 * that stays open while the donors prepare (what they are to give depends on it). A lock that does not
 * come in time is taken for a deadlock over two databases, which nobody detects: roll back, try again.
 */
export const preparedTransactions: Protocol = async (session, accountId, answered) => {
  const { client, donors } = session;
  for (;;) {
    const attempt = randomUUID();
    try {
      await client.query('begin');
      await client.query('select two_phase.debit($1, $2, $3)', [accountId, PART, attempt]);
      await askNodes(
        client,
        donors,
        `begin; select two_phase.debit(${accountId}, ${PART}, '${attempt}'); prepare transaction '${attempt}'`,
      );
      await client.query('select two_phase.decide($1)', [attempt]);
      await client.query('commit');
      answered();
      await askNodes(client, donors, `commit prepared '${attempt}'`);
      await client.query('select two_phase.mark_told($1)', [attempt]);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error;
      await client.query('rollback');
      await rollBackPrepared(session, attempt);
      await new Promise((resolve) => setTimeout(resolve, Math.random() * RETRY_DELAY_MAX_MS));
    }
  }
};

const LOCK_NOT_AVAILABLE = '55P03';
/** It never got as far as being prepared there. */
const UNDEFINED_OBJECT = '42704';
const RETRY_DELAY_MAX_MS = 50;

async function askNodes(client: pg.Client, nodes: readonly number[], text: string): Promise<void> {
  await client.query('select two_phase.ask_nodes($1, $2)', [nodes, text]);
}

async function rollBackPrepared(session: CoordinatorSession, attempt: string): Promise<void> {
  await session.reconnect();
  for (const donor of session.donors) {
    try {
      await askNodes(session.client, [donor], `rollback prepared '${attempt}'`);
    } catch (error) {
      if ((error as { code?: string }).code !== UNDEFINED_OBJECT) throw error;
      await session.reconnect();
    }
  }
}
