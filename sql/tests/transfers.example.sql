-- An opening planned shares for nodes 2 and 3; here node 1 sends and, in the second half, receives.
select add_account_balance(add_account('Aleksandrov'), 900, 1);
update billing.transfers set id = format('00000000-0000-0000-0000-00000000000%s', to_node_id)::uuid;
select * from billing.count_open_transfers();
-- Debited here and in transit, in one step; a repeat begins nothing.
select * from billing.begin_transfers(2, 10);
select * from billing.begin_transfers(2, 10);
select balance_minor from billing.account_balances;
select * from billing.count_open_transfers();
-- Node 2 does not answer: it stays in transit.
select * from billing.deliver_transfers(2, 10, 500);
-- Delivered, once.
select billing.mark_transfers_delivered('{00000000-0000-0000-0000-000000000002}');
select billing.mark_transfers_delivered('{00000000-0000-0000-0000-000000000002}');
select * from billing.deliver_transfers(2, 10, 500);
-- A share that is not covered any more, and one of a deleted account, is cancelled.
insert into billing.transfers (id, node_id, to_node_id, account_id, amount_minor) values ('00000000-0000-0000-0000-00000000000a', 1, 2, 1, 60001);
select * from billing.begin_transfers(2, 10);
select delete_account(1, true, 'gone');
select * from billing.begin_transfers(3, 10);
select id, to_node_id, amount_minor, state from billing.transfers order by id;
select balance_minor from billing.account_balances;
-- Arrival: what the sender's rows show, once by its id, for a deleted account and for one not known here too; other
-- content is not credited, and what nothing shows is to be brought again.
set session_replication_role = replica;
insert into billing.transfers (id, node_id, to_node_id, account_id, amount_minor, state)
select format('00000000-0000-0000-0000-0000000000b%s', n)::uuid, 2, 1, a, n + 4, s::billing.transfer_state
  from (values (1, 1, 'in_transit'), (2, 6402, 'delivered'), (3, 1, 'planned'), (4, 1, 'in_transit')) v (n, a, s);
insert into billing.transfers (id, node_id, to_node_id, account_id, amount_minor, state)
values ('00000000-0000-0000-0000-0000000000b6', 3, 1, 1, 10, 'in_transit');
reset session_replication_role;
create role billing_peer_2 login in role billing_peer;
create function pg_temp.take(in_numbers text, in_accounts bigint[], in_minor bigint[], in_may_ask boolean) returns jsonb language sql as $$
    select billing.take_transfers(array(select format('00000000-0000-0000-0000-0000000000b%s', n)::uuid from regexp_split_to_table(in_numbers, '') n),
                                  in_accounts, in_minor, in_may_ask) $$;
set session authorization billing_peer_2;
select pg_temp.take('12', '{1,6402}', '{5,6}', false), pg_temp.take('12', '{1,6402}', '{5,6}', false);
-- Nothing shows 3 and 5 (and node 2 cannot be asked), 4 is shown with another amount, 6 is another node's.
select pg_temp.take('13456', '{1,1,1,1,1}', '{5,7,9,9,10}', true);
-- Other drains than the caller's own.
select billing.reserve_within('[{"attempt_id": "00000000-0000-0000-0000-0000000000c1", "round": 1, "account_id": 1, "coordinator_node_id": 3, "wanted_minor": 1, "left_ms": 1000}]', 100);
select billing.close_reservations('[{"attempt_id": "00000000-0000-0000-0000-0000000000c1", "account_id": 1, "coordinator_node_id": 3}]');
select billing.drain_decisions_of('{00000000-0000-0000-0000-0000000000c1}', 3);
reset session authorization;
-- A node of version 7, which nobody can tell from another.
set session authorization billing_peer;
select billing.receive_transfers('{00000000-0000-0000-0000-0000000000b1,00000000-0000-0000-0000-0000000000b7}', '{1,6402}', '{5,6}');
select billing.receive_transfers('{00000000-0000-0000-0000-0000000000b1,00000000-0000-0000-0000-0000000000b7}', '{1,6402}', '{5,7}');
reset session authorization;
drop role billing_peer_2;
select account_id, balance_minor, income_minor from billing.account_balances order by 1;
select account_id, operation_type, amount_minor from billing.transaction_log order by 1, 2;
-- An account whose row is copied anew is no deleted one: its share is sent.
select add_account_balance(add_account('Copied'), 300, 1) is not null;
set session_replication_role = replica;
delete from billing.accounts where id = 65;
reset session_replication_role;
select * from billing.begin_transfers(2, 10);
select account_id, to_node_id, state from billing.transfers where account_id = 65 order by to_node_id;
