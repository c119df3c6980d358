import { askEach, Tally, type Checker } from './checker.js';

/** Per node and account: held_minor is the sum of what parts of holds hold. */
export const checkHeld: Checker = async (ledgers) => {
  const rows = await askEach<{ account_id: bigint; held: bigint; parts: bigint }>(
    ledgers,
    `/* held */ select account_id, coalesce(held_minor, 0)::bigint as held,
                       coalesce(parts_minor, 0)::bigint as parts
       from (select account_id, held_minor from billing.account_balances
              where node_id = billing.local_node_id()) b
       full join (select account_id, sum(amount_minor - captured_minor) as parts_minor
                    from billing.hold_parts where state = 'held' group by 1) p using (account_id)
      where coalesce(held_minor, 0) <> coalesce(parts_minor, 0)`,
  );
  return rows.map(
    ({ askedNode, account_id, held, parts }) =>
      `account ${account_id} shows ${held} as held at node ${askedNode}, its parts hold ${parts}`,
  );
};

/**
 * Per node and hold: what was authorised is held, captured or given back, as captures and entries say; and
 * what its home knows as captured there is.
 */
export const checkHolds: Checker = async (ledgers) => {
  const odd = await askEach<{ hold_id: string; state: string }>(
    ledgers,
    `/* odd parts */ select p.hold_id, p.state::text
       from billing.hold_parts p
      where p.captured_minor <> (select coalesce(sum(c.amount_minor), 0) from billing.hold_captures c
                                  where c.hold_id = p.hold_id)
         or p.returned_minor <> (select coalesce(sum(l.amount_minor), 0) from billing.transaction_log l
                                  where l.operation_id = p.hold_id and l.account_id = p.account_id
                                    and l.operation_type = 'return' and l.node_id = billing.local_node_id())
         or case p.state when 'held' then p.returned_minor <> 0 or p.captured_minor = p.amount_minor
                         else p.captured_minor + p.returned_minor <> p.amount_minor end`,
  );
  const told = await askEach<{ place: string; minor: bigint }>(
    ledgers,
    `/* told */ select concat_ws(' ', a.hold_id, a.operation_id, 'at node', a.node_id) as place, a.got_minor as minor
       from billing.hold_asks a join billing.hold_operations o on o.id = a.operation_id
      where o.kind = 'capture' and a.got_minor > 0`,
  );
  const captures = await askEach<{ place: string; minor: bigint }>(
    ledgers,
    `/* captures */ select concat_ws(' ', hold_id, capture_id, 'at node', billing.local_node_id()) as place,
            amount_minor as minor
       from billing.hold_captures`,
  );
  const there = new Tally();
  for (const { place, minor } of captures) there.add(place, minor);
  return [
    ...odd.map(({ askedNode, hold_id, state }) => `hold ${hold_id}, ${state} at node ${askedNode}`),
    ...told
      .filter(({ place, minor }) => there.of(place) !== minor)
      .map(
        ({ place, minor }) => `capture ${place} was told as ${minor}, and is ${there.of(place)}`,
      ),
  ];
};
