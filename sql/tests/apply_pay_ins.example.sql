select add_account('Aleksandrov'), add_account('Pavlichev'), add_account('Yamada', 'JPY');
select * from billing.claim_partition('billing.payin', 0, 'worker-a', 0, 10);
-- A batch: credited once, offset stored behind it, metadata of the message that has some.
select * from pg_temp.apply(1, 0, 3, '[{"o":0,"c":1,"a":1,"m":500,"ref":"invoice 7"},
    {"o":1,"c":2,"a":65,"m":1,"meta":{"from":"shop"}}, {"o":2,"c":3,"a":1,"m":250}]');
-- The same batch again, as after a crash: seen, nothing moves.
select * from pg_temp.apply(1, 0, 3, '[{"o":0,"c":1,"a":1,"m":500,"ref":"invoice 7"},
    {"o":1,"c":2,"a":65,"m":1}, {"o":2,"c":3,"a":1,"m":250}]');
-- A batch that begins below the stored offset and ends above it: only the rest counts.
select * from pg_temp.apply(1, 1, 4, '[{"o":1,"c":2,"a":65,"m":1}, {"o":2,"c":3,"a":1,"m":250}, {"o":3,"c":4,"a":65,"m":9}]');
-- The same commands under new offsets, produced twice: duplicates. Twice in one batch: one of them.
select * from pg_temp.apply(1, 4, 8, '[{"o":4,"c":1,"a":1,"m":500,"ref":"invoice 7"}, {"o":5,"c":2,"a":65,"m":1},
    {"o":6,"c":5,"a":1,"m":3}, {"o":7,"c":5,"a":1,"m":3}]');
select account_id, amount_minor, operation_id, node_id, operation_type, reference from billing.transaction_log order by operation_id;
select account_id, node_id, balance_minor, income_minor from billing.account_balances order by account_id;
select * from billing.operation_metadata;
select outcome, metadata from billing.get_pay_in(pg_temp.uuid_of(2), null, null, null, null);
-- An id that comes back with other content is dead, whatever differs; so is one that does so in one batch.
select status, applied, duplicates, parked, dead from pg_temp.apply(1, 8, 13, '[
    {"o":8,"c":1,"a":1,"m":501,"ref":"invoice 7","k":"1","v":"a"}, {"o":9,"c":1,"a":65,"m":500,"ref":"invoice 7","k":"1","v":"b"},
    {"o":10,"c":1,"a":1,"m":500,"k":"1","v":"c"}, {"o":11,"c":6,"a":1,"m":10,"k":"1","v":"d"}, {"o":12,"c":6,"a":1,"m":11,"k":"1","v":"e"}]');
-- Currency mismatch, deleted account, amounts that are none: dead. Unknown account: parked.
select delete_account(65, true, 'gone');
select status, next_offset, applied, duplicates, parked, dead from pg_temp.apply(1, 13, 19, '[
    {"o":13,"c":10,"a":1,"m":5,"cur":"EUR","v":"euro"}, {"o":14,"c":11,"a":65,"m":5,"v":"deleted"},
    {"o":15,"c":12,"a":1,"m":0,"v":"zero"}, {"o":16,"c":13,"a":1,"m":-5,"v":"negative"},
    {"o":17,"c":14,"a":6401,"m":5,"k":"6401","v":"unknown account","ref":"r","meta":{"x":1}}, {"o":18,"c":15,"a":1,"m":1,"v":"good"}]');
-- Violations that the worker's decoder found, with the bytes of key and value cut exactly, null and empty apart.
select status, applied, dead from pg_temp.apply(1, 19, 25, '[
    {"o":19,"v":"{broken","k":"ключ","violation":["invalid_json","not JSON"]},
    {"o":20,"c":16,"a":1,"m":1,"k":"1","v":"good between"},
    {"o":21,"c":17,"v":"{}","k":null,"violation":["invalid_message","accountId: missing"]},
    {"o":22,"v":null,"k":"tombstone","violation":["invalid_json","no value"]},
    {"o":23,"v":"","k":"","violation":["invalid_json","empty"]},
    {"o":24,"c":18,"v":"last ъ","violation":["unknown_currency","XXX"]}]');
select message_offset as at, incarnation as inc, command_id, account_id, reason, detail,
       convert_from(message_key, 'UTF8') as key, convert_from(message_value, 'UTF8') as value,
       message_key is null as no_key, message_value is null as no_value, state, published_at is null as unpublished
  from billing.dead_letters order by message_offset;
select topic, partition_id, message_offset, incarnation, command_id, account_id, amount_minor, currency, reference,
       metadata, convert_from(message_key, 'UTF8') as key, convert_from(message_value, 'UTF8') as value from billing.parked_pay_ins;
-- Seen again: parked and dead messages have their outcome.
select status, next_offset from pg_temp.apply(1, 13, 19, '[
    {"o":13,"c":10,"a":1,"m":5,"cur":"EUR"}, {"o":17,"c":14,"a":6401,"m":5}, {"o":18,"c":15,"a":1,"m":1}]');
select status, next_offset from pg_temp.apply(1, 19, 23, '[{"o":19,"v":"{broken","k":"ключ","violation":["invalid_json","not JSON"]}, {"o":22,"v":null,"k":"tombstone","violation":["invalid_json","no value"]}]');
-- An empty batch (markers only) stores its offset.
select status, next_offset, applied from pg_temp.apply(1, 25, 30, '[]');
-- balance = sum of entries, for each account.
select b.account_id, b.balance_minor = coalesce(sum(l.amount_minor), 0) as agrees
  from billing.account_balances b left join billing.transaction_log l using (account_id, node_id) group by b.account_id, b.balance_minor order by 1;
