import { readFileSync } from 'node:fs';
import type { Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';

/** The one whose worker is measured; its peers are stopped. */
export const NODE = 1;
export const CONNECTIONS = 2;

/** Every measurement begins with an empty log of entries and a fresh checkpoint. */
export async function forgetEntries(database: Database): Promise<void> {
  await database.query(
    'forget entries',
    `do $$ begin
       set local session_replication_role = replica;  -- past the append-only guard
       truncate billing.transaction_log;
     end $$`,
  );
  // Without entries the messages below have no outcome, and a worker would rightly halt.
  await database.query(
    'accept',
    'update billing.consumer_offsets set accepted_offset = next_offset',
  );
  await database.query('vacuum', 'vacuum billing.account_balances');
  await database.query('checkpoint', 'checkpoint');
}

export async function openAccounts(database: Database, count: number): Promise<bigint[]> {
  const rows = await database.query<{ id: bigint }>(
    'open accounts',
    "select public.add_account('bench ' || g) as id from generate_series(1, $1::int) g",
    [count],
  );
  await database.query('analyze', 'analyze billing.accounts');
  return rows.map(({ id }) => id);
}

/** From the beginning of the first batch's transaction until every offset is stored. */
export async function driveWorker(
  running: Cluster,
  database: Database,
  messageCount: number,
  storedEnd: number,
): Promise<{ rate: number; memoryMb: number }> {
  const [before] = await database.query<{ at: Date }>('now', 'select clock_timestamp() as at');
  await running.startMember('ledger-worker', NODE);
  for (;;) {
    const [row] = await database.query<{ stored: string }>(
      'stored',
      "select coalesce(sum(next_offset), 0)::text as stored from billing.consumer_offsets where topic = 'billing.payin'",
    );
    if (Number(row?.stored) >= storedEnd) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const endMs = Date.now();
  const [first] = await database.query<{ at: Date }>(
    'first',
    'select min(created_at) as at from billing.transaction_log where created_at > $1',
    [before?.at],
  );
  const { pid } = running.memberStatus('ledger-worker', NODE);
  const memory = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  await running.stopMember('ledger-worker', NODE);
  return {
    rate: messageCount / ((endMs - first!.at.getTime()) / 1000),
    memoryMb: Math.round(Number(memory?.[1]) / 1024),
  };
}
