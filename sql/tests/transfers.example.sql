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
-- Arrival: once by its id, for a deleted account and for one not known here too; other content is not credited.
select billing.receive_transfers('{00000000-0000-0000-0000-0000000000b1,00000000-0000-0000-0000-0000000000b2}', '{1,6402}', '{5,6}');
select billing.receive_transfers('{00000000-0000-0000-0000-0000000000b1,00000000-0000-0000-0000-0000000000b2}', '{1,6402}', '{5,7}');
select account_id, balance_minor, income_minor from billing.account_balances order by 1;
select account_id, operation_type, amount_minor from billing.transaction_log order by 1, 2;
-- An account whose row is copied anew is no deleted one: its share is sent.
select add_account_balance(add_account('Copied'), 300, 1) is not null;
set session_replication_role = replica;
delete from billing.accounts where id = 65;
reset session_replication_role;
select * from billing.begin_transfers(2, 10);
select account_id, to_node_id, state from billing.transfers where account_id = 65 order by to_node_id;
