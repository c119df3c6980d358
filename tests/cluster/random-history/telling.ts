import type { Ledger } from '@billing/testing';
import type { HistoryPlayer } from './history-player.js';
import type { AccountRecord, TryRecord } from './record.js';

// What a history says of itself while it runs, and when something is not decided.

/** What was tried, and what came of it. */
export function countAnswers(records: readonly AccountRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { answer, amount } of records.flatMap(({ tries }) => tries)) {
    const paid = (parts: number, replayed: boolean): string =>
      replayed ? 'repeated' : parts === 1 ? 'paid by one node' : `paid by ${parts} nodes`;
    if (answer.kind === 'paid' && answer.upTo && answer.upTo.paid < amount)
      counts['paid less'] = (counts['paid less'] ?? 0) + 1;
    const what = answer.kind === 'paid' ? paid(answer.parts.size, answer.replayed) : answer.reason;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

/** What came of what was asked of holds. */
export function countOnHolds(players: readonly HistoryPlayer[]): string {
  const counts: Record<string, number> = {};
  for (const { does, answer } of players.flatMap(({ records }) =>
    records.flatMap(({ onHolds }) => onHolds),
  )) {
    const isPart = answer.kind === 'done' && (answer.unknown > 0n || answer.over > 0n);
    const what = answer.kind === 'refused' ? answer.reason : isPart ? 'in part' : 'done';
    counts[`${does} ${what}`] = (counts[`${does} ${what}`] ?? 0) + 1;
  }
  return JSON.stringify(counts);
}

/** How far it is, and what was answered since it was last told. */
export function tellProgress(players: readonly HistoryPlayer[], all: number): () => void {
  let before: Record<string, number> = {};
  return () => {
    const counts = countAnswers(players.flatMap(({ records }) => records));
    const since = Object.entries(counts)
      .map(([what, count]) => [what, count - (before[what] ?? 0)] as const)
      .filter(([, count]) => count > 0);
    before = counts;
    const done = players.reduce((sum, player) => sum + player.done, 0);
    process.stdout.write(`${done} of ${all}: ${JSON.stringify(Object.fromEntries(since))}\n`);
  };
}

/** Who said what, how often. */
export function tellTries(tries: readonly TryRecord[]): string {
  const counts = new Map<string, number>();
  for (const { node, answer } of tries) {
    const said = `${node} ${answer.kind === 'paid' ? 'paid' : answer.reason}`;
    counts.set(said, (counts.get(said) ?? 0) + 1);
  }
  return [...counts].map(([said, count]) => `${said} × ${count}`).join(', ');
}

/** Who waits for whom in a database, or is in a transaction: how long, in what. */
export async function tellWaiting(ledger: Ledger): Promise<string> {
  const rows = await ledger.rows<{ said: string }>(
    `/* waiting */ select format('%s %s since %s for %s: %s', a.pid, a.state, now() - a.xact_start, pg_blocking_pids(a.pid), left(a.query, 200)) as said
       from pg_stat_activity a
      where a.pid <> pg_backend_pid() and a.xact_start < now() - interval '1 s' and a.backend_type = 'client backend'
      order by a.xact_start limit 20`,
  );
  return rows.length === 0 ? 'nobody waits' : rows.map(({ said }) => said).join(' | ');
}
