-- All the money is credited here, and shares of whole units are planned for nodes 2 and 3.
select add_account_balance(add_account('Aleksandrov'), 1000, 1);
select * from account_balances;
select node_id, to_node_id, account_id, amount_minor, state from billing.transfers order by to_node_id;
select account_id, node_id, operation_type, amount_minor, balance_minor, income_minor
  from billing.transaction_log join billing.account_balances using (account_id, node_id);
-- What does not divide stays here; an amount below one unit a node stays whole.
select add_account_balance(add_account('Pavlichev'), 100.99, 1);
select add_account_balance(add_account('Shalaev'), 2.99, 1);
select add_account_balance(add_account('Yamada', 'JPY'), 10, 1);
select add_account_balance(add_account('Dinar', 'KWD'), 3.005, 1);
select add_account_balance(add_account('Nothing'), 0, 1);
select to_node_id, account_id, amount_minor from billing.transfers where account_id > 1 order by account_id, to_node_id;
select account_id, balance from account_balances where account_id > 1 order by 1;
-- Once only.
select add_account_balance(1, 1, 1);
-- Refused: bad amounts, no such account, another node's part, a deleted account.
select add_account('Refused') as refused \gset
select add_account_balance(:refused, -1, 1);
select add_account_balance(:refused, null, 1);
select add_account_balance(:refused, 'NaN', 1);
select add_account_balance(:refused, 'Infinity', 1);
select add_account_balance(:refused, 0.001, 1);
select add_account_balance(:refused, 92233720368547758.08, 1);
select add_account_balance(999999, 1, 1);
select add_account_balance(:refused, 1, 2);
select add_account_balance(:refused, 1, null);
select delete_account(:refused, true, 'gone');
select add_account_balance(:refused, 1, 1);
select count(*) as refused_entries from billing.transaction_log where account_id = :refused;
