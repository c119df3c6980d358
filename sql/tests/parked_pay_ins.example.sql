select epoch from billing.claim_partition('billing.payin', 0, 'worker-a', 0, 10);
-- Accounts that are not here yet: parked, twice the same command among them.
select status, applied, parked, dead from pg_temp.apply(1, 0, 4, '[{"o":0,"c":1,"a":1,"m":5,"k":"1","v":"first","meta":{"x":1}}, {"o":1,"c":1,"a":1,"m":5,"v":"again"},
    {"o":2,"c":2,"a":65,"m":7,"v":"never"}, {"o":3,"c":3,"a":129,"m":5,"cur":"EUR","v":"other currency"}]');
select * from billing.retry_parked_pay_ins(100, '1 hour');
-- Two of them arrive.
select add_account('Aleksandrov');
insert into billing.accounts (id, username, currency) values (129, 'Shalaev', 'USD');
select * from billing.retry_parked_pay_ins(100, '1 hour');
select account_id, amount_minor, operation_id from billing.transaction_log;
select balance_minor, income_minor from billing.account_balances;
select * from billing.operation_metadata;
-- The third is over its age: dead. Nothing is parked any more, and a repeat does nothing.
select * from billing.retry_parked_pay_ins(100, '-1 seconds');
select * from billing.retry_parked_pay_ins(100, '-1 seconds');
select message_offset, reason, detail, convert_from(message_value, 'UTF8') as value from billing.dead_letters order by 1;
-- Their copies for the topic, until they are published.
select message_offset, reason from billing.list_unpublished_dead_letters(10);
select message_offset from billing.list_unpublished_dead_letters(1);
select billing.mark_dead_letters_published('{billing.payin}', '{0}', '{2}', '{1}');
select billing.mark_dead_letters_published('{billing.payin}', '{0}', '{2}', '{1}');
select message_offset from billing.list_unpublished_dead_letters(10);
