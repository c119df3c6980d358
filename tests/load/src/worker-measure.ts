import { readFileSync } from 'node:fs';
import type { Cluster } from '@billing/cluster';
import type { Database } from '@billing/database';
import type { CountAt } from './report/series.js';

/** The one whose worker is measured; its peers are stopped, unless their work is measured with it. */
export const NODE = 1;
export const CONNECTIONS = 2;

const POLL_MS = 20;
/** Of one statement, which is given a minute. */
const OPENED_AT_ONCE = 10_000;
/** However slow: so long without a message stored is no measurement. */
const STANDSTILL_MS = 120_000;

/** Every measurement begins with an empty log of entries and a fresh checkpoint. */
export async function forgetEntries(database: Database): Promise<void> {
  await database.query(
    'forget entries',
    `do $$ begin
       set local session_replication_role = replica;  -- past the append-only guard
       truncate billing.transaction_log;
       -- Not there in clones of before they were.
       if to_regclass('billing.arrived_batches') is not null then
         truncate billing.batches, billing.arrived_batches;
       end if;
       if to_regclass('billing.seals') is not null then truncate billing.seals; end if;
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
  const ids: bigint[] = [];
  while (ids.length < count) {
    const rows = await database.query<{ id: bigint }>(
      'open accounts',
      "select public.add_account('bench ' || g) as id from generate_series(1, $1::int) g",
      [Math.min(OPENED_AT_ONCE, count - ids.length)],
    );
    ids.push(...rows.map(({ id }) => id));
  }
  await database.query('analyze', 'analyze billing.accounts');
  return ids;
}

/** What a node has stored of its topic, and how often its partitions were claimed. */
export async function readOffsets(database: Database): Promise<{ stored: number; claims: number }> {
  const [row] = await database.query<{ stored: string; claims: string }>(
    'stored',
    `select coalesce(sum(next_offset), 0)::text as stored, coalesce(sum(epoch), 0)::text as claims
       from billing.consumer_offsets where topic = 'billing.payin'`,
  );
  return { stored: Number(row?.stored), claims: Number(row?.claims) };
}

/** @returns when every offset up to there was seen stored, by this machine's clock */
export async function untilStored(
  database: Database,
  storedEnd: number,
  pollMs = POLL_MS,
  onLook: (stored: number, atMs: number) => void = () => undefined,
): Promise<number> {
  let last = { stored: -1, atMs: Date.now() };
  for (;;) {
    const { stored } = await readOffsets(database);
    const atMs = Date.now();
    onLook(stored, atMs);
    if (stored >= storedEnd) return atMs;
    if (stored !== last.stored) last = { stored, atMs };
    if (atMs - last.atMs > STANDSTILL_MS) {
      throw new Error(`${stored} of ${storedEnd} messages stored, and no more for a while`);
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

export async function readClock(database: Database): Promise<Date> {
  const [row] = await database.query<{ at: Date }>('now', 'select clock_timestamp() as at');
  return row!.at;
}

/** When the first batch's transaction at a node began. */
export async function firstEntryMs(
  database: Database,
  nodeId: number,
  after: Date,
): Promise<number> {
  const [first] = await database.query<{ at: Date }>(
    'first',
    'select min(created_at) as at from billing.transaction_log where node_id = $1 and created_at > $2',
    [nodeId, after],
  );
  return first!.at.getTime();
}

/** From the beginning of the first batch's transaction until every offset is stored. */
export async function driveWorker(
  running: Cluster,
  database: Database,
  messageCount: number,
  storedEnd: number,
): Promise<{ rate: number; memoryMb: number; overTime: CountAt[] }> {
  const looks: CountAt[] = [];
  const before = await readClock(database);
  await running.startMember('ledger-worker', NODE);
  const storedBefore = storedEnd - messageCount;
  const endMs = await untilStored(database, storedEnd, POLL_MS, (stored, atMs) => {
    looks.push({ atMs, count: stored - storedBefore });
  });
  const firstMs = await firstEntryMs(database, NODE, before);
  const { pid } = running.memberStatus('ledger-worker', NODE);
  const memory = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
  await running.stopMember('ledger-worker', NODE);
  return {
    rate: messageCount / ((endMs - firstMs) / 1000),
    memoryMb: Math.round(Number(memory?.[1]) / 1024),
    // Its start is no part of it.
    overTime: looks.filter(({ atMs }) => atMs >= firstMs),
  };
}
