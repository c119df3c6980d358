-- An operator's correction of this node's part, either sign: once a key, kept with who and why.
select add_account_balance(add_account('Aleksandrov'), 100, 1);
select * from billing.correct_balance('ops', 'k1', '\x01', 1, 1250, 'USD', 'paid twice by the bank') \gset
select :'status' as status, :'balance_minor' as balance_minor, :'currency' as currency;
select status, correction_id = :'correction_id' as same, balance_minor, position <> :'position' as is_later from billing.correct_balance('ops', 'k1', '\x01', 1, 1250, 'USD', 'paid twice by the bank');
select status, balance_minor from billing.correct_balance('ops', 'k1', '\x02', 1, 1251, 'USD', 'other content');
select status, balance_minor from billing.correct_balance('others', 'k1', '\x01', 1, -250, 'USD', 'taken back');
-- A refusal uses up no key.
select status, balance_minor from billing.correct_balance('ops', 'k2', '\x03', 1, -11001, 'USD', 'too much');
select status from billing.correct_balance('ops', 'k2', '\x03', 1, 100, 'EUR', 'another currency');
select status from billing.correct_balance('ops', 'k2', '\x03', 9, 100, 'USD', 'nobody');
select status from billing.correct_balance('ops', 'k2', '\x03', 1, 9223372036854775807, 'USD', 'beyond bigint');
select status, balance_minor from billing.correct_balance('ops', 'k2', '\x03', 1, -1, 'USD', 'a cent');
-- Nothing is corrected by zero, or without a reason.
select status from billing.correct_balance('ops', 'k0', '\x05', 1, 0, 'USD', 'nothing');
select status from billing.correct_balance('ops', 'k0', '\x05', 1, 1, 'USD', null);
select status from billing.correct_balance('ops', 'k0', '\x05', 1, 1, 'USD', ' ');
-- Income never falls; the entries are the balance; the reason is in the history.
select balance_minor, income_minor from billing.account_balances where account_id = 1;
select sum(amount_minor) from billing.transaction_log where account_id = 1;
select amount_minor, reference from billing.transaction_log where operation_type = 'correction' order by id;
select operation_type, amount from transaction_log where account_id = 1 order by amount;
select act, client_id, reason, amount_minor, correction_id is not null as is_in_history from billing.list_account_acts(1, 10) order by amount_minor;
update billing.account_acts set reason = 'another';

-- With psql.
select correct_balance(1, 5.5, 1, 'by hand');
select correct_balance(1, -0.5, 1, 'by hand');
select correct_balance(1, 0, 1, 'nothing');
select correct_balance(1, 0.001, 1, 'too fine');
select correct_balance(1, 5, 2, 'not mine');
select correct_balance(1, 5, 1, ' ');
select correct_balance(1, -1000, 1, 'too much');
select correct_balance(9, 5, 1, 'nobody');
select balance_minor, income_minor from billing.account_balances where account_id = 1;

-- An account with money is not deleted, but by force; what is left is listed, and can be taken out.
delete from billing.node_config where node_id > 1;
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(1, 'client', 500);
select delete_account(1);
select status, home_node_id, left_minor, unseen_nodes, currency from billing.delete_account(1, 'client', 500, in_is_forced => true, in_reason => 'fraud');
select * from billing.list_money_of_deleted(10);
select status from billing.correct_balance('ops', 'k3', '\x04', 1, 1, 'USD', 'in');
select correct_balance(1, 1, 1, 'in');
select deposit_balance(1, 1, 1);
select status, balance_minor from billing.correct_balance('ops', 'k3', '\x04', 1, -11499, 'USD', 'paid back by the bank');
select * from billing.list_money_of_deleted(10);
select act, client_id, reason, left_minor from billing.list_account_acts(1, 10) where act = 'delete';
-- An empty one is.
select add_account('Pavlichev');
select status, left_minor from billing.delete_account(65, 'client', 500);
-- What is set aside for a drain, or under way to another node, is money.
select add_account('Shalaev');
insert into billing.transfers (node_id, to_node_id, account_id, amount_minor, state) values (1, 2, 129, 5, 'in_transit');
select billing.part_of_account(129);
select status, left_minor from billing.delete_account(129, 'client', 500);
