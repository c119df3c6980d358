-- The tables of the first version in major units.
select add_account_balance(add_account('Aleksandrov'), 1000, 1);
select add_account('Yamada', 'JPY');
select deposit_balance(65, 500, 1);
insert into billing.services values (1, 'Консультация специалиста', 5000, 'USD'), (2, 'Чай', 300, 'JPY'), (3, 'Кофе', 1005, 'KWD');
select * from accounts order by id;
select * from services order by id;
select * from account_balances order by account_id;
select node_id, length(encrypted_dsn) > 100 as encrypted from node_config order by node_id;
-- An operation once, with a positive amount; transfers are not operations.
insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type) values
    (1, -30000, '00000000-0000-0000-0000-000000000001', 1, 'pay_out'),
    (1, -20000, '00000000-0000-0000-0000-000000000002', 1, 'transfer_out'),
    (1, -5000, '00000000-0000-0000-0000-000000000003', 1, 'reserve'),
    (1, 5000, '00000000-0000-0000-0000-000000000003', 1, 'release'),
    (1, -900, '00000000-0000-0000-0000-000000000004', 1, 'reserve'),
    (1, 200, '00000000-0000-0000-0000-000000000004', 1, 'release'),
    (1, 100, '00000000-0000-0000-0000-000000000005', 1, 'correction'),
    (1, -40, '00000000-0000-0000-0000-000000000006', 1, 'correction');
set local session_replication_role = replica;
insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, id) values
    (1, -10000, '00000000-0000-0000-0000-000000000001', 2, 'reserve', 2);
set local session_replication_role = origin;
select id, account_id, node_id, operation_type, amount from transaction_log order by account_id, operation_type, amount;
