import {
  decideDrain,
  markTold,
  payOut,
  reserveAtNodes,
  tellDecisions,
  type Database,
  type Session,
} from '@billing/database';
import { createHash, randomUUID } from 'node:crypto';
import { DEFAULT_TENANT } from '@billing/contracts';
import { eventually } from '@billing/testing';
import type { CoordinatorSession } from './protocols.js';

const CALL_TIMEOUT_MS = 5_000;
const TOLD_AT_ONCE_MAX = 500;
const TELLER_PAUSE_MS = 2;
const PART_MINOR = 100n;
const DEPOSIT = '10000000.00';

/** Accounts of the system, numbered from 1, with nothing at node 1 and the same at the two others. */
export async function fundSystemAccounts(
  databases: readonly Database[],
  accounts: number,
): Promise<void> {
  await databases[0]!.query(
    'open accounts',
    "select public.add_account('bench ' || g) from generate_series(1, $1::int) g",
    [accounts],
  );
  for (const [index, database] of databases.entries()) {
    await eventually(
      async () => {
        const [row] = await database.query<{ known: number }>(
          'known accounts',
          'select count(*)::int as known from billing.accounts',
        );
        return row!.known;
      },
      (known) => known >= accounts,
    );
    if (index === 0) continue;
    await database.query(
      'deposits',
      'select public.deposit_balance(id, $1::numeric, $2) from billing.accounts',
      [DEPOSIT, index + 1],
    );
  }
  await eventually(
    async () => {
      const [row] = await databases[0]!.query<{ known: number }>(
        'replicated parts',
        'select count(*)::int as known from billing.account_balances where balance_minor > 0',
      );
      return row!.known;
    },
    (known) => known >= 2 * accounts,
  );
  for (const database of databases) await database.query('analyze', 'analyze');
}

/** A drain of two nodes as the coordinator does it, up to its answer; tellers settle behind it. */
export async function drainAsTheSystem(
  { session, donors }: CoordinatorSession,
  accountNumber: number,
  answered: () => void,
): Promise<void> {
  const [verdict] = await payOut(session, [
    {
      tenant: DEFAULT_TENANT,
      clientId: 'bench',
      idempotencyKey: randomUUID(),
      fingerprint: createHash('sha256').update(String(accountNumber)).digest(),
      accountId: BigInt(1 + 64 * (accountNumber - 1)),
      amountMinor: PART_MINOR * BigInt(donors.length),
      currency: 'USD',
      mayDrain: true,
      deadlineMs: CALL_TIMEOUT_MS,
    },
  ]);
  if (verdict?.status !== 'begun') throw new Error(`the pay-out is ${verdict?.status}`);
  const { attempt } = verdict;
  const answers = await reserveAtNodes(
    session,
    attempt.asks.map(({ nodeId, wantedMinor }) => ({
      nodeId,
      attemptId: attempt.attemptId,
      round: 1,
      accountId: attempt.accountId,
      payOutId: attempt.payOutId,
      coordinatorNodeId: 1,
      wantedMinor,
      deadlineAt: attempt.deadlineAt,
    })),
    CALL_TIMEOUT_MS,
  );
  const decision = await decideDrain(session, {
    attemptId: attempt.attemptId,
    answers: [...attempt.answers, ...answers],
    askedNodes: attempt.asks.map(({ nodeId }) => nodeId),
    isLast: true,
  });
  if (decision.verdict !== 'committed') throw new Error(`the drain is ${decision.verdict}`);
  answered();
}

/** Tells a donor what was decided, many at once, until stopped and nothing is left. */
export class Teller {
  private isStopping = false;
  private readonly done: Promise<void>;

  constructor(
    private readonly session: Session,
    private readonly nodeId: number,
  ) {
    this.done = this.run();
  }

  async stop(): Promise<void> {
    this.isStopping = true;
    await this.done;
    this.session.release(true);
  }

  private async run(): Promise<void> {
    for (;;) {
      const wasStopping = this.isStopping;
      const { session, nodeId } = this;
      const { told } = await tellDecisions(session, nodeId, TOLD_AT_ONCE_MAX, CALL_TIMEOUT_MS);
      if (told.length > 0) await markTold(session, nodeId, told);
      else if (wasStopping) return;
      else await new Promise((resolve) => setTimeout(resolve, TELLER_PAUSE_MS));
    }
  }
}
