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
create function pg_temp.page(in_limit integer, in_bytes_max bigint, in_letter_bytes_max integer)
returns table (message_offset bigint, key text, value text, key_bytes integer, value_bytes integer) language sql as $$
    select message_offset, convert_from(message_key, 'UTF8'), left(convert_from(message_value, 'UTF8'), 12), key_bytes, value_bytes
      from billing.list_unpublished_dead_letters(in_limit, in_bytes_max, in_letter_bytes_max, null, null, null, null, null) $$;
select * from pg_temp.page(10, 900000, 900000);
select message_offset from pg_temp.page(1, 900000, 900000);
select billing.mark_dead_letters_published('{billing.payin}', '{0}', '{2}', '{1}');
select billing.mark_dead_letters_published('{billing.payin}', '{0}', '{2}', '{1}');
select message_offset from pg_temp.page(10, 900000, 900000);
-- Bounded in bytes: each of these has 1,000 and the headers of its copy, the second has 3,000 more in its key.
update billing.dead_letters set published_at = now();
insert into billing.dead_letters (topic, partition_id, message_offset, incarnation, reason, detail, message_key, message_value, recorded_at)
select 'billing.payin', 1, o, 1, 'invalid_json', 'x', convert_to(repeat('k', case o when 11 then 3000 else 1 end), 'UTF8'),
       convert_to(repeat(o::text, 500), 'UTF8'), '2026-01-01' from generate_series(10, 14) o;
select message_offset, length(key), value_bytes from pg_temp.page(10, 7000, 100000);
select message_offset from pg_temp.page(10, 1, 100000);
-- One that is larger than a copy may be is cut at its end, the key at a tenth; what it had is said.
select message_offset, length(message_key), length(message_value), key_bytes, value_bytes
  from billing.list_unpublished_dead_letters(10, 900000, 800, '2026-01-01', 'billing.payin', 1, 10, 1) limit 2;
-- A letter without key or value.
update billing.dead_letters set message_key = null, message_value = null where message_offset = 14;
select message_offset, message_key, message_value, key_bytes, value_bytes
  from billing.list_unpublished_dead_letters(10, 900000, 800, '2026-01-01', 'billing.payin', 1, 13, 1);
select letters, oldest_age_s > 0 as waits from billing.count_uncopied_dead_letters();
-- Parked ones are taken up to 16 MiB at a time: keys have no bound but the broker's.
insert into billing.parked_pay_ins (topic, partition_id, message_offset, incarnation, command_id, account_id, amount_minor, currency, message_key, message_value)
select 'billing.payin', 2, o, 1, pg_temp.uuid_of(o), 65, 1, 'USD', convert_to(repeat('k', 7000000), 'UTF8'), 'v'
  from generate_series(20, 24) o;
select * from billing.retry_parked_pay_ins(100, '-1 seconds');
select * from billing.retry_parked_pay_ins(100, '-1 seconds');
select * from billing.retry_parked_pay_ins(100, '-1 seconds');
