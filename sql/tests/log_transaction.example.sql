select add_account('Aleksandrov');
select deposit_balance(1, 10, 1);
-- Log and balance agree, so any further entry would put them at odds.
select log_transaction(1, 1, 'deposit', 5);
select log_transaction(1, 1, 'withdraw', 5);
select log_transaction(1, 1, 'deposit');
-- Somebody changed a balance by hand: the entry that is missing can be written, and no other.
update billing.account_balances set balance_minor = 1500 where account_id = 1;
select log_transaction(1, 1, 'deposit', 4.99);
select log_transaction(1, 1, 'withdraw', 5);
select log_transaction(1, 1, 'deposit', 5);
update billing.account_balances set balance_minor = 1200 where account_id = 1;
select log_transaction(1, 1, 'deposit');
select log_transaction(1, 1, 'withdraw');
select operation_type, amount_minor from billing.transaction_log order by id;
select balance_minor, income_minor from billing.account_balances;
-- Refused: other types and nodes, unknown accounts, amounts that are none.
select log_transaction(1, 1, 'opening', 1);
select log_transaction(1, 1, null, 1);
select log_transaction(1, 2, 'deposit', 1);
select log_transaction(999999, 1, 'deposit', 1);
select log_transaction(1, 1, 'deposit', -1);
select log_transaction(1, 1, 'deposit', 0.001);
