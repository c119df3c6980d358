select add_account('Aleksandrov');
select deposit_balance(1, 10, 1);
-- trg_prevent_negative_balance
update billing.account_balances set balance_minor = -1 where account_id = 1;
insert into billing.account_balances values (2, 1, -1);
-- trg_prevent_account_deletion
delete from billing.accounts;
-- trg_prevent_operations_on_deleted_accounts: nothing new; what is under way and corrections pass.
select delete_account(1, true, 'gone');
select billing.credit_local(1, 5, 'deposit', gen_random_uuid());
select billing.credit_local(1, 5, 'opening', gen_random_uuid());
insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type) values (1, -5, gen_random_uuid(), 1, 'pay_out');
insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type) values (1, -5, gen_random_uuid(), 1, 'reserve');
select billing.credit_local(1, 1, 'release', gen_random_uuid()), billing.credit_local(1, 1, 'transfer_in', gen_random_uuid()), billing.credit_local(1, 1, 'correction', gen_random_uuid());
-- The log is append only.
update billing.transaction_log set amount_minor = 1;
delete from billing.transaction_log;
truncate billing.transaction_log;
-- One writer per row: a row of node 2 is not written at node 1 ...
insert into billing.account_balances values (1, 2, 1);
insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type) values (1, 5, gen_random_uuid(), 2, 'pay_in');
insert into billing.transfers (node_id, to_node_id, account_id, amount_minor) values (2, 1, 1, 5);
insert into billing.node_heartbeats values (2, now());
insert into billing.accounts (id, username, currency) values (2, 'x', 'USD');
-- ... unless replication brings it; then it is not changed here either.
set local session_replication_role = replica;
insert into billing.accounts (id, username, currency) values (2, 'x', 'USD');
insert into billing.account_balances values (1, 2, 1);
insert into billing.transfers (node_id, to_node_id, account_id, amount_minor) values (2, 1, 1, 5);
insert into billing.node_heartbeats values (2, now());
set local session_replication_role = origin;
update billing.account_balances set balance_minor = 2 where node_id = 2;
update billing.account_balances set node_id = 3 where node_id = 1;
delete from billing.account_balances where node_id = 2;
update billing.transfers set state = 'delivered' where node_id = 2;
delete from billing.transfers where node_id = 2;
update billing.node_heartbeats set beat_at = now() where node_id = 2;
update billing.accounts set username = 'y' where id = 2;
update billing.accounts set id = 66 where id = 1;
-- The catalogue's home is node 1, which this is.
insert into billing.services values (1, 'x', 1, 'USD');
