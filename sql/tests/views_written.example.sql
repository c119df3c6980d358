-- The views of the first version can be written as its tables were; an invariant that a write would break refuses it.
insert into accounts (username) values ('Aleksandrov') returning id, username, is_deleted, currency;
insert into accounts (username, currency) values ('Yamada', 'JPY') returning id;
insert into accounts (id, username) values (7, 'Pavlichev');
insert into accounts (username) values (' ');
insert into accounts (username, currency) values ('Shalaev', 'XXX');
insert into accounts (username, is_deleted) values ('Shalaev', true);
update accounts set username = 'Aleksandrova' where id = 1;
update accounts set currency = 'EUR' where id = 1;
update accounts set username = null where id = 1;

-- Money: a row begins with a deposit, and grows by one.
select account_id, node_id, balance from account_balances order by account_id;
update account_balances set balance = balance + 10.50 where account_id = 1 and node_id = 1;
update account_balances set balance = 10.50 where account_id = 1;
update account_balances set balance = balance - 1 where account_id = 1;
update account_balances set balance = balance + 0.001 where account_id = 1;
update account_balances set node_id = 2 where account_id = 1;
insert into account_balances (account_id, node_id, balance) values (1, 1, 5);
insert into account_balances (account_id, node_id, balance) values (1, 2, 5);
insert into account_balances (account_id, node_id, balance) values (9, 1, 5);
delete from account_balances where account_id = 1;
set local session_replication_role = replica;
delete from billing.account_balances where account_id = 65;
set local session_replication_role = origin;
insert into account_balances (account_id, node_id, balance) values (65, 1, -5);
insert into account_balances (account_id, node_id, balance) values (65, 1, 500);
select account_id, node_id, balance from account_balances order by account_id;
select account_id, operation_type, amount from transaction_log order by account_id;
select account_id, balance_minor, income_minor from billing.account_balances order by account_id;

-- An entry is log_transaction, which refuses what would put log and balance at odds.
insert into transaction_log (account_id, node_id, operation_type, amount) values (1, 1, 'deposit', 5);
update billing.account_balances set balance_minor = balance_minor + 500 where account_id = 1;
insert into transaction_log (id, account_id, node_id, operation_type, amount) values (1, 1, 1, 'deposit', 5);
insert into transaction_log (account_id, node_id, operation_type, amount) values (1, 1, 'deposit', 5);
update transaction_log set amount = 1 where account_id = 1;
delete from transaction_log where account_id = 1;
select operation_type, amount from transaction_log where account_id = 1 order by amount;

-- The catalogue, at its home.
insert into services (name, price, currency) values ('Консультация специалиста', 50.00, 'USD') returning id, price;
insert into services (id, name, price, currency) values (7, 'Чай', 300, 'JPY');
insert into services (name, price, currency) values ('Кофе', 1.005, 'KWD'), ('Хлеб', 2.5, 'EUR');
insert into services (name, price, currency) values ('Вода', 1.005, 'USD');
insert into services (name, price, currency) values ('Вода', -1, 'USD');
insert into services (name, price, currency) values ('Чай', 1, 'USD');
update services set price = price * 1.1 where currency = 'USD';
update services set id = 8 where id = 7;
delete from services where name = 'Хлеб';
select * from services order by id;

-- Deleting, by either name of it; never back.
delete from accounts where id = 1;
delete from billing.node_config where node_id > 1;
update accounts set is_deleted = true where id = 1;
select correct_balance(1, -15.5, 1, 'out');
update accounts set is_deleted = true where id = 1;
update accounts set is_deleted = false where id = 1;
update account_balances set balance = balance + 1 where account_id = 1;
select * from accounts order by id;

-- node_config is a table seen through a view that changes nothing.
insert into node_config values (4, pgp_sym_encrypt('host=127.0.0.1', get_encryption_key()));
update node_config set encrypted_dsn = pgp_sym_encrypt('host=127.0.0.2', get_encryption_key()) where node_id = 4;
select get_decrypted_dsn(4);
delete from node_config where node_id = 4;

-- Operators may, but for entries by hand.
set session authorization billing_operator;
insert into accounts (username) values ('Shalaev') returning id;
update account_balances set balance = 1 where account_id = 129;
insert into services (name, price, currency) values ('Обучение персонала', 200, 'USD') returning id;
insert into transaction_log (account_id, node_id, operation_type, amount) values (1, 1, 'deposit', 5);
reset session authorization;
