select add_account('Aleksandrov'), add_account('Pavlichev'), add_account('Yamada', 'JPY'), add_account('Aleksandrov');
select epoch from billing.claim_partition('billing.payin', 0, 'worker-a', 0, 10);
select status, applied, parked, dead from pg_temp.apply(1, 0, 5, '[{"o":0,"c":1,"a":1,"m":500,"ref":"invoice 7"},
    {"o":1,"c":2,"a":1,"m":1}, {"o":2,"c":3,"a":6401,"m":5,"v":"parked"}, {"o":3,"c":4,"a":1,"m":5,"cur":"EUR","v":"euro"}, {"o":4,"c":5,"a":1,"m":30}]');
-- What replication brings of node 2: rows that only it may write.
set session_replication_role = replica;
insert into billing.account_balances (account_id, node_id, balance_minor) values (1, 2, 250);
insert into billing.transaction_log (id, account_id, amount_minor, created_at, operation_id, node_id, operation_type)
values (2, 1, 251, now(), pg_temp.uuid_of(9), 2, 'pay_in'), (66, 1, -1, now() - interval '1 microsecond', pg_temp.uuid_of(10), 2, 'pay_out');
insert into billing.node_heartbeats (node_id, beat_at) values (2, '2026-01-01 00:00:00.123456+00');
set session_replication_role = origin;
select delete_account(65, true, 'gone');
-- From here on as the gateway itself.
set session authorization billing_gateway;
-- Accounts, deleted ones too; an unknown one is no row.
select id, username, currency, is_deleted, created_at = now() as now from billing.get_account(65);
select id from billing.get_account(6401);
-- By name, a page at a time.
select id, username from billing.find_accounts('Aleksandrov', null, 1);
select id, username from billing.find_accounts('Aleksandrov', 1, 10);
select id, username from billing.find_accounts('aleksandrov', null, 10);
-- All nodes are there: the own part exact, another one as of its heartbeat, one never heard of without.
select node_id, is_own, balance_minor, case when not is_own then as_of end as as_of, as_of = now() as now, total_minor, currency, is_deleted
  from billing.get_balance(1);
select node_id, balance_minor, total_minor, currency from billing.get_balance(129);
select node_id from billing.get_balance(6401);
-- Applied: here, and at another node. Whoever gives a receipt or not.
select outcome, node_id, account_id, amount_minor, currency, reference, occurred_at = now() as now
  from billing.get_pay_in(pg_temp.uuid_of(1), null, null, null, null);
select outcome, node_id, account_id, amount_minor from billing.get_pay_in(pg_temp.uuid_of(9), 1, 'billing.payin', 0, 99);
-- A debit is no pay-in, whatever its id.
select outcome from billing.get_pay_in(pg_temp.uuid_of(10), null, null, null, null);
-- Parked, rejected.
select outcome, node_id, account_id, amount_minor, currency, detail from billing.get_pay_in(pg_temp.uuid_of(3), 1, 'billing.payin', 0, 2);
select outcome, node_id, account_id, reason, detail from billing.get_pay_in(pg_temp.uuid_of(4), 1, 'billing.payin', 0, 3);
-- Accepted: at this node, at or behind the stored offset, or in a partition nobody has claimed yet.
select outcome, node_id from billing.get_pay_in(pg_temp.uuid_of(7), 1, 'billing.payin', 0, 5);
select outcome, node_id from billing.get_pay_in(pg_temp.uuid_of(7), 1, 'billing.payin', 11, 0);
-- Unknown: consumed without an outcome, of another node, without a receipt.
select outcome, node_id from billing.get_pay_in(pg_temp.uuid_of(7), 1, 'billing.payin', 0, 4);
select outcome, node_id from billing.get_pay_in(pg_temp.uuid_of(7), 2, 'billing.payin', 0, 5);
select outcome, node_id from billing.get_pay_in(pg_temp.uuid_of(7), null, null, null, null);
-- A dead letter that was replayed is under way again; one that was discarded is not.
reset session authorization;
update billing.dead_letters set state = 'replayed' where command_id = pg_temp.uuid_of(4);
select outcome, node_id, reason from billing.get_pay_in(pg_temp.uuid_of(4), null, null, null, null);
update billing.dead_letters set state = 'discarded' where command_id = pg_temp.uuid_of(4);
select outcome, node_id, reason from billing.get_pay_in(pg_temp.uuid_of(4), null, null, null, null);
set session authorization billing_gateway;
-- History: newest first, entries of one moment by node and id, no page overlaps another.
select node_id, id, operation_type, amount_minor, reference from billing.list_transactions(1, null, null, null, 10);
select node_id, id from billing.list_transactions(1, null, null, null, 2);
select node_id, id from billing.list_transactions(1, now(), 1, 129, 10);
select node_id, id from billing.list_transactions(6401, null, null, null, 10);
-- The catalogue. And nothing that writes.
select count(*) from billing.list_services();
select billing.beat();
insert into billing.accounts (username, currency) values ('x', 'USD');
