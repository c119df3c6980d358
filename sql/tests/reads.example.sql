-- What the gateway reads at node 1: its own rows, and replicas of nodes 2 and 3 (one of which never beat).
select add_account('Aleksandrov'), add_account('Aleksandrov', 'JPY'), add_account('Pavlichev');
select billing.credit_local(1, 500, 'deposit', '00000000-0000-0000-0000-000000000001', 'invoice 7');
select delete_account(129);
set local session_replication_role = replica;
insert into billing.account_balances values (1, 2, 70, 70);
insert into billing.node_heartbeats values (2, '2026-01-01 00:00:00+00');
insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, id, created_at) values
    (1, 70, '00000000-0000-0000-0000-000000000002', 2, 'pay_in', 2, '2026-01-01 00:00:00+00');
set local session_replication_role = origin;
select id, username, currency, is_deleted from billing.get_account(129);
select count(*) from billing.get_account(2);
select id from billing.find_accounts('Aleksandrov', null, 10);
select id from billing.find_accounts('Aleksandrov', null, 1);
select id from billing.find_accounts('Aleksandrov', 1, 10);
select id from billing.find_accounts('aleksandrov', null, 10);
select node_id, is_own, balance_minor, as_of = case when is_own then now() else '2026-01-01 00:00:00+00' end as as_of_is_right, total_minor, currency, is_deleted from billing.get_balance(1);
select node_id, balance_minor, total_minor from billing.get_balance(65);
select count(*) from billing.get_balance(2);
-- History, newest first, by pages.
select node_id, id, operation_type, amount_minor, reference from billing.list_transactions(1, null, null, null, 10);
select node_id, id from billing.list_transactions(1, now(), 1, 1, 10);
select count(*) from billing.list_transactions(1, '2026-01-01 00:00:00+00', 2, 2, 10);
select id, name, price_minor, currency from billing.list_services();
-- What became of a pay-in: each outcome.
select epoch from billing.claim_partition('billing.payin', 0, 'worker-a', 0, 10);
select status, applied, parked, dead from pg_temp.apply(1, 0, 3, '[{"o":0,"c":11,"a":1,"m":5,"ref":"r"},{"o":1,"c":12,"a":6401,"m":5,"v":"x"},{"o":2,"c":13,"a":129,"m":5,"v":"x"}]');
select c, outcome, node_id, account_id, amount_minor, currency, reference, occurred_at is not null as has_time, reason, detail
  from generate_series(11, 13) c, billing.get_pay_in(pg_temp.uuid_of(c), 1, 'billing.payin', 0, c - 11) order by c;
select outcome from billing.get_pay_in(pg_temp.uuid_of(14), 1, 'billing.payin', 0, 3);
select outcome from billing.get_pay_in(pg_temp.uuid_of(14), 1, 'billing.payin', 5, 0);
select outcome from billing.get_pay_in(pg_temp.uuid_of(14), 1, 'billing.payin', 0, 2);
select outcome from billing.get_pay_in(pg_temp.uuid_of(14), null, null, null, null);
select outcome, node_id from billing.get_pay_in('00000000-0000-0000-0000-000000000002', null, null, null, null);
