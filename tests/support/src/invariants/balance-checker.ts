import { askEach, type Checker } from './checker.js';

/** Per node and account: the balance is the sum of its entries. */
export const checkEntries: Checker = async (ledgers) => {
  const rows = await askEach<{ account_id: bigint; kept: bigint; entries: bigint }>(
    ledgers,
    `/* entries */ select account_id, coalesce(balance_minor, 0)::bigint as kept,
                          coalesce(entries, 0)::bigint as entries
       from (select account_id, balance_minor from billing.account_balances
              where node_id = billing.local_node_id()) b
       full join (select account_id, sum(amount_minor) as entries from billing.transaction_log
                   where node_id = billing.local_node_id() group by 1) l using (account_id)
      where coalesce(balance_minor, 0) <> coalesce(entries, 0)`,
  );
  return rows.map(
    ({ askedNode, account_id, kept, entries }) =>
      `account ${account_id} has ${kept} at node ${askedNode}, its entries there say ${entries}`,
  );
};

/** Per node and account: reserved_minor is the sum of the open reservations. */
export const checkReserved: Checker = async (ledgers) => {
  const rows = await askEach<{ account_id: bigint; reserved: bigint; open: bigint }>(
    ledgers,
    `/* reserved */ select account_id, coalesce(reserved_minor, 0)::bigint as reserved,
                           coalesce(open_minor, 0)::bigint as open
       from (select account_id, reserved_minor from billing.account_balances
              where node_id = billing.local_node_id()) b
       full join (select account_id, sum(amount_minor) as open_minor from billing.reservations
                   where state = 'reserved' group by 1) r using (account_id)
      where coalesce(reserved_minor, 0) <> coalesce(open_minor, 0)`,
  );
  return rows.map(
    ({ askedNode, account_id, reserved, open }) =>
      `account ${account_id} shows ${reserved} as reserved at node ${askedNode}, open is ${open}`,
  );
};

/** No part is below zero, as its owner or as anybody else sees it. */
export const checkNotNegative: Checker = async (ledgers) => {
  const rows = await askEach<{ account_id: bigint; node_id: number; minor: bigint }>(
    ledgers,
    `/* negative */ select account_id, node_id, least(balance_minor, reserved_minor, held_minor) as minor
       from billing.account_balances where least(balance_minor, reserved_minor, held_minor) < 0`,
  );
  return rows.map(
    ({ askedNode, account_id, node_id, minor }) =>
      `account ${account_id} has ${minor} at node ${node_id}, says node ${askedNode}`,
  );
};
