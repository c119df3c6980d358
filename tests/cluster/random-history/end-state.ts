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
            `/* standing */ select p.id::text, concat_ws(' ', p.tenant, p.client_id, p.idempotency_key) as name from billing.pay_outs p
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

/** Until each pay-in has one effect: of those that several have credited all but one are taken back, as far as there is money. */
export async function untilTakenBack(ledgers: readonly Ledger[]): Promise<void> {
  const left = `/* left */ select
      (select array_agg(operation_id::text) from billing.transaction_log
        where operation_type = 'pay_in' and node_id = billing.local_node_id()) as credited,
      (select array_agg(command_id::text) from billing.clawbacks where node_id = billing.local_node_id()) as clawbacks,
      (select count(*) from billing.clawbacks c
        where c.node_id = billing.local_node_id() and c.taken_minor < c.amount_minor
          and (select sum(b.balance_minor) from billing.account_balances b where b.account_id = c.account_id) > 0
          and not (select a.is_deleted from billing.accounts a where a.id = c.account_id)) as due`;
  await eventually(
    async () => {
      const nodes = await Promise.all(
        ledgers.map((ledger) =>
          ledger.rows<{ credited: string[] | null; clawbacks: string[] | null; due: bigint }>(left),
        ),
      );
      const all = nodes.flat();
      const credited = all.flatMap((row) => row.credited ?? []);
      const clawbacks = all.flatMap((row) => row.clawbacks ?? []);
      const due = all.reduce((sum, row) => sum + Number(row.due), 0);
      const open = credited.length - clawbacks.length - new Set(credited).size;
      return { open, due };
    },
    ({ open, due }) => open === 0 && due === 0,
    60_000,
  );
}

/** A pay-out or clawback, and what its pay-outs took of which node. */
interface KeptRow extends Record<string, unknown> {
  readonly id: string;
  readonly account: string;
  readonly amount: bigint;
  readonly nodes: readonly number[];
  readonly minor: readonly bigint[];
}

/** Of each node's own rows, with the record of their account, if it is one of these. */
async function readKept<T extends KeptRow>(
  ledgers: readonly Ledger[],
  records: readonly AccountRecord[],
  text: string,
  put: (row: T, node: number, parts: Map<number, bigint>, record?: AccountRecord) => void,
): Promise<void> {
  const byId = new Map(records.map((record) => [record.accountId, record]));
  for (const [index, ledger] of ledgers.entries()) {
    for (const row of await ledger.rows<T>(text)) {
      const parts = new Map<number, bigint>();
      row.nodes.forEach((node, i) => parts.set(node, (parts.get(node) ?? 0n) + row.minor[i]!));
      put(row, index + 1, parts, byId.get(row.account));
    }
  }
}

/** What was taken back, into the records, as its pay-outs say. */
export async function readClawbacks(
  ledgers: readonly Ledger[],
  records: readonly AccountRecord[],
): Promise<void> {
  const text = `/* clawbacks */ select c.command_id::text as id, c.account_id::text as account, c.amount_minor as amount,
              coalesce(array_agg(t.node) filter (where t.node is not null), '{}') as nodes,
              coalesce(array_agg(t.minor) filter (where t.node is not null), '{}') as minor
         from billing.clawbacks c
         left join billing.pay_outs p on p.id = any (c.pay_out_ids) and p.status = 'committed'
         left join lateral unnest(coalesce(p.taken_nodes, array[c.node_id]), coalesce(p.taken_minor, array[p.amount_minor]))
                as t (node, minor) on p.id is not null
        where c.node_id = billing.local_node_id() group by c.command_id, c.account_id, c.amount_minor`;
  await readKept(ledgers, records, text, ({ id, amount }, node, parts, record) => {
    record?.clawbacks.push({ commandId: id, node, amount, parts });
  });
}

interface UndoneRow extends KeptRow {
  readonly key: string;
  readonly refunded: bigint;
  readonly entries: string | null;
}

/** What was given back, into the records; the entries say the same, less what was refunded before. */
export async function readUndone(
  ledgers: readonly Ledger[],
  records: readonly AccountRecord[],
): Promise<void> {
  const text = `/* undone */ select p.id::text, p.account_id::text as account, p.idempotency_key as key, p.amount_minor as amount,
              coalesce(p.taken_nodes, array[billing.local_node_id()]) as nodes, coalesce(p.taken_minor, array[p.amount_minor]) as minor,
              (select coalesce(sum(r.amount_minor), 0)::bigint from billing.refunds r where r.pay_out_id = p.id) as refunded,
              (select string_agg(l.amount_minor || ' ' || l.reference, ', ') from billing.transaction_log l
                where l.operation_id = p.id and l.operation_type = 'correction') as entries
         from billing.pay_outs p where p.duplicate_of is not null`;
  await readKept<UndoneRow>(ledgers, records, text, (row, node, parts, record) => {
    const { id: payOutId, key, amount, refunded, entries } = row;
    const back = amount - refunded;
    expect(entries ?? '').toMatch(
      new RegExp(back === 0n ? '^$' : `^${back} duplicate of [0-9a-f-]{36}$`),
    );
    record?.undone.push({ payOutId, node, key, amount, parts });
  });
}

/** What was paid and told to nobody, into the records. */
export async function readUnheard(
  ledgers: readonly Ledger[],
  records: readonly AccountRecord[],
): Promise<void> {
  const text = `/* committed */ select p.id::text, p.account_id::text as account, p.idempotency_key as key, p.amount_minor as amount,
              coalesce(p.taken_nodes, array[billing.local_node_id()]) as nodes, coalesce(p.taken_minor, array[p.amount_minor]) as minor
         from billing.pay_outs p where p.status in ('committed', 'held') and p.duplicate_of is null and p.client_id <> ''`;
  const told = new Set(
    records.flatMap(({ tries }) =>
      tries.map(({ answer }) => (answer.kind === 'paid' ? answer.payOutId : '')),
    ),
  );
  await readKept<KeptRow & { readonly key: string }>(
    ledgers,
    records,
    text,
    ({ id: payOutId, key, amount }, node, parts, record) => {
      if (!told.has(payOutId)) record?.unheard.push({ payOutId, node, key, amount, parts });
    },
  );
}

/**
 * Every pay-in was credited once where it was sent, or is a dead letter of a deleted account; a repeat
 * credited nothing; what several credited, all but one have taken back, as far as there was money; every node sees every
 * part as pay-ins less what the answers took, and what was refunded or came back of a hold.
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
    const again: string[] = [];
    const sent = new Set(record.payIns.map(({ commandId }) => commandId));
    for (const { node, credited } of states) {
      for (const { id, amount } of credited.get(accountId) ?? []) {
        parts.set(node, parts.get(node)! + amount);
        const payIn = record.payIns.find(({ commandId }) => commandId === id);
        if (!payIn?.nodes.includes(node) || payIn.amount !== amount)
          say(`pay-in ${id} of ${amount} is not ours`);
        else if (!sent.delete(id)) again.push(id);
      }
    }
    const back = record.clawbacks.map(({ commandId }) => commandId);
    if (again.sort().join() !== back.sort().join()) {
      say(`${again.join()} were credited once more, and ${back.join()} taken back`);
    }
    let left = 0n;
    for (const { amount, parts: taken } of record.clawbacks) {
      left += amount;
      for (const [node, minor] of taken) {
        left -= minor;
        parts.set(node, parts.get(node)! - minor);
      }
    }
    if (left < 0n) say(`${-left} too much was taken back`);
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
    for (const { node, amount, payOutId } of record.undone) {
      const before = record.made.filter((one) => one.payOutId === payOutId);
      const back = before.reduce((rest, one) => rest - one.amount, amount);
      parts.set(node, parts.get(node)! + back);
    }
    const returned = record.heldParts.map((part) => ({ node: part.node, amount: part.returned }));
    for (const { node, amount } of [...record.made, ...returned])
      parts.set(node, parts.get(node)! + amount);
    const total = [...parts.values()].reduce((sum, part) => sum + part, 0n);
    if (left > 0n && total > 0n && deletions.length === 0)
      say(`${left} was not taken back of ${total}`);
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
