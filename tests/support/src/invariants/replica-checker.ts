import type { Ledger } from '../ledger.js';
import { askEach, type Checker } from './checker.js';

// Who owns a row, per replicated table, and what of it is replicated: entries as rows of the log or packed. Heartbeats are never idle.
const replicated = {
  accounts: { owner: 'id % 64', row: 't' },
  services: { owner: '1', row: 't' },
  account_balances: {
    owner: 'node_id',
    row: '(account_id, node_id, balance_minor, income_minor, reserved_minor, held_minor)',
  },
  entries: { owner: 'node_id', row: 't' },
  transfers: { owner: 'node_id', row: 't' },
  drain_decisions: { owner: 'node_id', row: 't' },
} as const;

/** Once idle, every node's copy of a row equals its owner's, and no copy is missing or left over. */
export const checkReplicas: Checker = async (ledgers) => {
  const nodes = await askEach<{ id: number }>(
    ledgers,
    '/* self */ select billing.local_node_id() as id',
  );
  const violations: string[] = [];
  for (const [table, { owner, row }] of Object.entries(replicated)) {
    const copies = await copiesOf(ledgers, table, owner, row);
    for (const { id: source } of nodes) {
      const original = copies.get(`${source} at ${source}`);
      for (const { id: node } of nodes) {
        const copy = copies.get(`${source} at ${node}`);
        if (copy?.hash === original?.hash) continue;
        violations.push(
          `${table} of node ${source}: ${original?.rows ?? 0n} rows there, ` +
            `${copy?.rows ?? 0n} at node ${node}, not the same`,
        );
      }
    }
  }
  return violations;
};

async function copiesOf(
  ledgers: readonly Ledger[],
  table: string,
  owner: string,
  row: string,
): Promise<Map<string, { rows: bigint; hash: string }>> {
  const seen = await askEach<{ source: number; rows: bigint; hash: string }>(
    ledgers,
    `/* ${table} */ select (${owner})::integer as source, count(*) as rows,
                           md5(string_agg(md5(${row}::text), '' order by md5(${row}::text))) as hash
       from billing.${table} t group by 1`,
  );
  return new Map(seen.map((copy) => [`${copy.source} at ${copy.askedNode}`, copy]));
}
