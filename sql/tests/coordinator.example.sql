-- Opening an account: once per client and key; first that holds wins.
select status, account_id, position is not null as has_position from billing.open_account('client', 'key', '\x01', 'Aleksandrov', 'USD', 10000);
select status, account_id, position is not null as has_position from billing.open_account('client', 'key', '\x01', 'Aleksandrov', 'USD', 10000);
select status, account_id, position is not null as has_position from billing.open_account('client', 'key', '\x02', 'Aleksandrov', 'USD', 10001);
select status, account_id, position is not null as has_position from billing.open_account('another client', 'key', '\x01', 'Pavlichev', 'USD', 0);
select status, account_id, position is not null as has_position from billing.open_account('client', 'key', '\x01', ' ', 'USD', 0);
select status, account_id, position is not null as has_position from billing.open_account('client', 'key 2', '\x01', 'x', 'XXX', 0);
select status, account_id, position is not null as has_position from billing.open_account('client', 'key 2', '\x01', 'x', 'USD', -1);
select status, account_id, position is not null as has_position from billing.open_account('client', 'key 2', '\x01', 'x', 'USD', null);
select account_id, balance_minor from billing.account_balances order by 1;
select to_node_id, amount_minor, state from billing.transfers order by 1;
-- Deleting one, with an answer for every case.
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(65, 'client', 500);
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(65, 'client', 500, true, ' ');
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(65, 'client', 500, true, 'they are away');
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(65, 'client', 500);
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(6401, 'client', 500);
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(5, 'client', 500);
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(2, 'client', 500);
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(2, 'client', 500, true, 'they are away');
select status, left_minor, currency from billing.delete_account(1, 'client', 500, true, 'they are away');
-- A node that does not answer: its breaker opens, and spares the next caller the wait.
select billing.probe_node(2, 500);
select node_id, failures > 1 as again, open_until > clock_timestamp() as is_open from billing.node_breakers;
select status from billing.ask_node(2, 'select 1::text', 500);
select status from billing.ask_node(9, 'select 1::text', 500);
-- Balance rows of accounts that arrived by replication: noted by the trigger, found by the sweep.
set local session_replication_role = replica;
insert into billing.accounts (id, username, currency) values (2, 'of node 2', 'USD'), (3, 'of node 3', 'USD'), (66, 'of node 2', 'USD');
set local session_replication_role = origin;
select * from billing.see_duties();
select billing.add_missing_balance_rows(2);
select billing.add_missing_balance_rows(2);
select billing.add_missing_balance_rows(2);
select * from billing.see_duties();
delete from billing.account_balances where account_id in (2, 66);
select * from billing.sweep_missing_balance_rows(0, 3);
select * from billing.sweep_missing_balance_rows(3, 100);
select * from billing.sweep_missing_balance_rows(66, 100);
select account_id from billing.account_balances where node_id = 1 order by 1;
-- The heartbeat is one row.
select billing.beat() is not null as beats, billing.beat() is not null as again;
select node_id from billing.node_heartbeats;
-- The lease: taken, renewed, refused to whoever has another number of it. (Who waits for whom: node-lease.spec.ts.)
select billing.hold_node('one', null, 60000) as taken, billing.hold_node('one', 1, 60000) as renewed;
select holder, number, expires_at > now() + interval '50 seconds' as is_live from billing.node_lease;
-- No clock was measured while no other node has answered.
select skew_ms, error_ms from billing.list_node_clocks();
