select add_account('Aleksandrov'), add_account('Yamada', 'JPY');
-- A credit of this node's part: entry, balance and income together.
select deposit_balance(1, 12.34, 1);
select deposit_balance(1, 0.01, 1);
select deposit_balance(65, 7, 1);
select account_id, node_id, balance_minor, income_minor from billing.account_balances order by account_id;
select account_id, node_id, operation_type, amount_minor from billing.transaction_log order by account_id, id;
-- Who did it is kept, by the role that logged in.
select act, client_id, amount_minor from billing.list_account_acts(1, 10) order by amount_minor;
-- A missing balance row is made.
delete from billing.account_balances where account_id = 65;
select deposit_balance(65, 1, 1);
select account_id, balance from account_balances where account_id = 65;
-- Refused: nothing to add, too many decimals, no amount, beyond what can be kept.
select deposit_balance(1, 0, 1);
select deposit_balance(1, -5, 1);
select deposit_balance(1, 1.001, 1);
select deposit_balance(65, 1.5, 1);
select deposit_balance(1, null, 1);
select deposit_balance(1, 'NaN', 1);
select deposit_balance(1, 1e17, 1);
select deposit_balance(1, 92233720368547758, 1);
-- Refused: no such account, another node's part, deleted.
select deposit_balance(999999, 1, 1);
select deposit_balance(null, 1, 1);
select deposit_balance(1, 1, 2);
select delete_account(65, true, 'gone');
select deposit_balance(65, 1, 1);
select account_id, balance_minor from billing.account_balances order by account_id;
