import { eventually, type Ledger } from '@billing/testing';
import { PAY_IN_TOPIC, type Upstream } from '../pay-ins/upstream.js';
import { paymentsOf, type AccountRecord } from './record.js';

/** Until the ledger worker has stored the end of every partition, and nothing is parked. */
export async function untilConsumed(upstream: Upstream, ledger: Ledger): Promise<void> {
  const ends = await upstream.admin.fetchTopicOffsets(PAY_IN_TOPIC);
  const end = ends.reduce((sum, { high }) => sum + BigInt(high), 0n);
  await eventually(
    () =>
      ledger.value<bigint>(
        `/* consumed */ select coalesce(sum(next_offset), 0)::bigint - (select count(*) from billing.parked_pay_ins)
           from billing.consumer_offsets`,
      ),
    (consumed) => consumed === end,
    60_000,
  );
}

interface StandingRow extends Record<string, unknown> {
  readonly id: string;
  readonly name: string;
}

/** Until no key of a tenant has two payments that stand: what was paid twice is found and given back by itself. */
export async function untilUndone(ledgers: readonly Ledger[]): Promise<void> {
  await eventually(
    async () => {
      const nodes = await Promise.all(
        ledgers.map((ledger) =>
          ledger.rows<StandingRow>(
            `/* standing */ select p.id::text, p.tenant || ' ' || p.idempotency_key as name from billing.pay_outs p
              where p.status = 'committed' and p.duplicate_of is null`,
          ),
        ),
      );
      const names = nodes.flat().map(({ name }) => name);
      return names.length - new Set(names).size;
    },
    (twice) => twice === 0,
    60_000,
  );
}

/** What was given back, into the records; the entries say the same. */
export async function readUndone(
  ledgers: readonly Ledger[],
  records: readonly AccountRecord[],
): Promise<void> {
  const byId = new Map(records.map((record) => [record.accountId, record]));
  for (const [index, ledger] of ledgers.entries()) {
    const rows = await ledger.rows<{
      id: string;
      account: string;
      key: string;
      amount: bigint;
      nodes: number[] | null;
      minor: bigint[] | null;
      entries: string;
    }>(
      `/* undone */ select p.id::text, p.account_id::text as account, p.idempotency_key as key, p.amount_minor as amount,
              p.taken_nodes as nodes, p.taken_minor as minor,
              (select string_agg(l.amount_minor || ' ' || l.reference, ', ') from billing.transaction_log l
                where l.operation_id = p.id and l.operation_type = 'correction') as entries
         from billing.pay_outs p where p.duplicate_of is not null`,
    );
    for (const { id, account, key, amount, nodes, minor, entries } of rows) {
      expect(entries).toMatch(new RegExp(`^${amount} duplicate of [0-9a-f-]{36}$`));
      const node = index + 1;
      const parts = new Map(nodes?.map((donor, i) => [donor, minor![i]!]) ?? [[node, amount]]);
      byId.get(account)?.undone.push({ payOutId: id, node, key, amount, parts });
    }
  }
}

/**
 * Every pay-in was credited once where it was sent, or is a dead letter of a deleted account; a repeat
 * credited nothing; every node sees every part as pay-ins less what the answers took.
 */
export async function judgeEnd(
  ledgers: readonly Ledger[],
  records: readonly AccountRecord[],
): Promise<string[]> {
  const states = await Promise.all(ledgers.map(readNode));
  const violations: string[] = [];
  for (const record of records) {
    const { accountId, deletions } = record;
    const say = (violation: string): void =>
      void violations.push(`account ${accountId}, at the end: ${violation}`);
    const parts = new Map(states.map(({ node }) => [node, 0n]));
    const sent = new Set(record.payIns.map(({ commandId }) => commandId));
    for (const { node, credited } of states) {
      for (const { id, amount } of credited.get(accountId) ?? []) {
        parts.set(node, parts.get(node)! + amount);
        const payIn = record.payIns.find(({ commandId }) => commandId === id);
        if (payIn?.node !== node || payIn.amount !== amount)
          say(`pay-in ${id} of ${amount} is not ours`);
        else if (!sent.delete(id)) say(`pay-in ${id} was credited twice`);
      }
    }
    const dead = states.flatMap(({ letters }) => letters.get(accountId) ?? []);
    for (const id of sent) {
      const reasons = dead.filter((letter) => letter.id === id).map(({ reason }) => reason);
      if (deletions.length === 0 || !reasons.includes('account_deleted')) {
        say(
          `pay-in ${id} was not credited, and its dead letters are: ${reasons.join(', ') || 'none'}`,
        );
      }
    }
    const conflicts = record.repeats.filter(({ isSame }) => !isSame).length;
    if (deletions.length === 0 && dead.length !== conflicts) {
      say(`${dead.length} dead letters instead of ${conflicts}`);
    }
    for (const payment of paymentsOf(record)) {
      for (const [node, amount] of payment.parts) parts.set(node, parts.get(node)! - amount);
    }
    for (const { node, amount } of record.undone) parts.set(node, parts.get(node)! + amount);
    const expected = [...parts].map(([node, amount]) => `${node}: ${amount}`).join(', ');
    for (const { node, balances } of states) {
      const seen = balances.get(accountId);
      if (seen !== expected) say(`node ${node} sees ${seen} instead of ${expected}`);
    }
  }
  return violations;
}

interface NodeState {
  readonly node: number;
  readonly credited: ReadonlyMap<string, { id: string; amount: bigint }[]>;
  readonly letters: ReadonlyMap<string, { id: string; reason: string }[]>;
  /** "1: 250, 2: 0, 3: 17" */
  readonly balances: ReadonlyMap<string, string>;
}

async function readNode(ledger: Ledger): Promise<NodeState> {
  const credited = await ledger.rows<{ account: string; id: string; amount: bigint }>(
    `/* credited */ select account_id::text as account, operation_id::text as id, amount_minor as amount
       from billing.transaction_log
      where operation_type = 'pay_in' and node_id = billing.local_node_id()`,
  );
  const letters = await ledger.rows<{ account: string; id: string; reason: string }>(
    `/* letters */ select account_id::text as account, command_id::text as id, reason::text
       from billing.dead_letters`,
  );
  const balances = await ledger.rows<{ account: string; parts: string }>(
    `/* parts */ select account_id::text as account,
                        string_agg(node_id || ': ' || balance_minor, ', ' order by node_id) as parts
       from billing.account_balances group by 1`,
  );
  return {
    node: await ledger.value<number>('select billing.local_node_id()'),
    credited: groupByAccount(credited),
    letters: groupByAccount(letters),
    balances: new Map(balances.map(({ account, parts }) => [account, parts])),
  };
}

function groupByAccount<T extends { account: string }>(rows: readonly T[]): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(row.account);
    if (group) group.push(row);
    else groups.set(row.account, [row]);
  }
  return groups;
}
