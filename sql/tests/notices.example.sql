-- What the first version said at each success it still says. (withdraw_balance and send_transfers commit: withdraw.spec.)
\set VERBOSITY terse
set local client_min_messages = notice;
select add_account('Aleksandrov');
select add_account_balance(account_id => 1, total_balance => 1000, local_node_id => 1);
select add_account_balance(add_account('Pavlichev', 'JPY'), 2, 1);
select deposit_balance(1, 12.5, 1);
update billing.account_balances set balance_minor = balance_minor - 300 where account_id = 1;
select log_transaction(1, 1, 'withdraw');
select delete_account(1, true, 'gone');
-- And nothing where nothing was done.
select delete_account(1, true, 'gone');
select disconnect_from_node('conn_2');
