-- An account gets an id that names its home node (id % 64 = 1 here), and its balance row.
select add_account('Aleksandrov');
select add_account('Yamada', 'JPY');
select id, id % 64 as home, username, currency, is_deleted from accounts order by id;
select * from account_balances order by account_id, node_id;
-- No name, a blank one, a currency that ISO 4217 does not have: refused.
select add_account(null);
select add_account('  ');
select add_account('x', 'XXX');
select add_account('x', null);
-- Deletion is soft, and said once.
select delete_account(1);
select delete_account(1, p_force => true);
select delete_account(1, p_force => true, p_reason => 'the other nodes are away');
select delete_account(1);
select is_deleted from accounts where id = 1;
-- Unknown: here, at a node that does not exist, at one that does not answer.
select delete_account(6401);
select delete_account(5);
select delete_account(2);
select delete_account(null);
-- Only peers call this one, and only about accounts whose home is here.
select billing.delete_home_account(2);
-- Nobody removes an account.
delete from billing.accounts where id = 65;
delete from accounts where id = 65;
truncate billing.accounts cascade;
