-- Command ids that two nodes have credited (docs/key-homes.md). What node 2 credited arrives packed, as apply takes it, and is unpacked.
create function pg_temp.arrive(in_id bigint, in_command integer, in_account bigint, in_minor bigint, in_age interval, in_reference text default null)
returns void language sql as $$
    insert into billing.arrived_batches (id, node_id, created_at, operation_type, entry_count, entry_ids, account_ids, amounts_minor,
                                         operation_ids, entry_references)
    values (in_id, 2, clock_timestamp() - in_age, 'pay_in', 1, array[in_id * 64 + 2], array[in_account], array[in_minor],
            array[pg_temp.uuid_of(in_command)], array[in_reference])
$$;
select add_account('Smerdyakov'), add_account('Grushenka');
select epoch from billing.claim_partition('billing.payin', 0, 'worker-a', 0, 10);
-- Credited there, and arrived: not again here. With other content: a dead letter.
select pg_temp.arrive(1, 1, 1, 500, '1 min'), pg_temp.arrive(2, 2, 1, 700, '1 min');
select unpacked from billing.unpack_batches(1000);
select status, applied, duplicates, dead from pg_temp.apply(1, 0, 3, '[{"o":0,"c":1,"a":1,"m":500}, {"o":1,"c":2,"a":1,"m":701}, {"o":2,"c":3,"a":1,"m":300}]');
select reason, detail from billing.dead_letters;
select outcome, node_id from billing.get_pay_in(pg_temp.uuid_of(1), null, null, null, null);
select balance_minor from billing.account_balances where account_id = 1;
-- Seen again below the stored offset: each has an outcome.
select status from pg_temp.apply(1, 0, 3, '[{"o":0,"c":1,"a":1,"m":500}, {"o":2,"c":3,"a":1,"m":300}]');
-- Credited here before it has arrived: the earlier stands, there of 4 and 6, here of 5. Of 6 this node hears by a third before its entry is a row.
select applied from pg_temp.apply(1, 3, 6, '[{"o":3,"c":4,"a":65,"m":400}, {"o":4,"c":5,"a":65,"m":50}, {"o":5,"c":6,"a":65,"m":60}]');
select pg_temp.arrive(3, 4, 65, 400, '1 min'), pg_temp.arrive(4, 5, 65, 50, '-1 min');
select unpacked from billing.unpack_batches(1000);
select pg_temp.arrive(5, 6, 65, 60, '1 min'), billing.note_duplicate_pay_ins(array[pg_temp.uuid_of(4)]);
set session_replication_role = replica;
insert into billing.duplicate_pay_ins (node_id, command_id, later_node_id, stands_node_id, account_id, amount_minor, is_same)
values (3, pg_temp.uuid_of(6), 1, 2, 65, 60, true);
set session_replication_role = origin;
select command_id, later_node_id, stands_node_id, amount_minor, is_same from billing.duplicate_pay_ins order by command_id;
select outcome, node_id from billing.get_pay_in(pg_temp.uuid_of(4), null, null, null, null);
-- Clawbacks are made of what this node is to take back, once the other's entry is a row here.
select has_clawbacks from billing.see_duties();
select billing.make_clawbacks(10);
select unpacked from billing.unpack_batches(1000);
update billing.arrived_duplicate_pay_ins set tried_at = '-infinity';
select billing.make_clawbacks(10);
select count(*) as arrived from billing.arrived_duplicate_pay_ins;
select command_id, account_id, amount_minor, taken_minor, stands_node_id from billing.clawbacks order by command_id;
select total_minor, clawback_minor from billing.get_balance(65) limit 1;
select taken, open, deleted, different from billing.count_clawbacks();
-- As much as there is: the customer has spent some of it. The pay-out's key goes on when it was made, not before.
select status from billing.pay_out('{shop}', '{k}', array[sha256('k')], '{65}', '{200}', '{USD}', '{false}', '{5000}', '{null}', '{null}');
create function pg_temp.try(in_command integer, in_elsewhere boolean default false) returns table (key text, "left" text, wanted text) language sql as $$
    select replace(t ->> 'key', pg_temp.uuid_of(in_command)::text, in_command::text), t ->> 'left_minor', t ->> 'wanted_minor'
      from billing.try_clawbacks(array[pg_temp.uuid_of(in_command)], in_elsewhere) a, jsonb_array_elements(a) t
$$;
select * from pg_temp.try(4);
select * from pg_temp.try(4);
create function pg_temp.pay(in_command integer) returns text language sql as $$
    select p.status from billing.try_clawbacks(array[pg_temp.uuid_of(in_command)], false) a, jsonb_array_elements(a) t,
           billing.pay_out('{""}', array[t ->> 'key'], array[sha256((t ->> 'wanted_minor')::bytea)], array[(t ->> 'account_id')::bigint],
                           array[(t ->> 'wanted_minor')::bigint], array[t ->> 'currency'], '{false}', '{4000}', '{pay-in credited twice}', '{null}') p
$$;
-- Made, and its caller ended: it is looked for though the account is empty, and counted once.
select pg_temp.pay(4);
update billing.clawbacks set tried_at = '-infinity';
select has_clawbacks from billing.see_duties();
select * from pg_temp.try(4);
select * from pg_temp.try(4);
update billing.clawbacks set tried_at = '-infinity', sent_at = sent_at - interval '2 min';
select * from pg_temp.try(4), pg_temp.try(6) other;
update billing.clawbacks set tried_at = '-infinity';
select has_clawbacks from billing.see_duties();
select deposit_balance(65, 5, 1);
update billing.clawbacks set tried_at = '-infinity';
select has_clawbacks from billing.see_duties();
select pg_temp.pay(4), pg_temp.pay(6);
select * from pg_temp.try(4), pg_temp.try(6) other;
select command_id, taken_minor, cardinality(pay_out_ids) as pay_outs from billing.clawbacks order by command_id;
select operation_type, amount_minor, reference from billing.transaction_log where account_id = 65 and node_id = 1 order by id;
select balance_minor, clawback_minor from billing.get_balance(65) where is_own;
select taken, open, deleted, different from billing.count_clawbacks();
-- A row that no earlier entry there stands behind is not believed.
insert into billing.arrived_duplicate_pay_ins values (pg_temp.uuid_of(3));
select billing.make_clawbacks(10), (select count(*) from billing.clawbacks) as clawbacks;
delete from billing.arrived_duplicate_pay_ins;
-- Of other content: for people to look at.
select applied from pg_temp.apply(1, 6, 7, '[{"o":6,"c":7,"a":65,"m":10}]');
select pg_temp.arrive(6, 7, 1, 10, '1 min');
select unpacked from billing.unpack_batches(1000);
select different, (select count(*) from billing.arrived_duplicate_pay_ins) as arrived from billing.count_clawbacks();
select f ->> 'check' as "check", f ->> 'operation_id' as operation, f ->> 'detail' as detail from billing.audit_entries('', 1000), jsonb_array_elements(findings) f;
-- What its own node takes back counts for nothing: credited here, and not taken back for it.
select pg_temp.arrive(7, 8, 1, 90, '1 min');
select unpacked from billing.unpack_batches(1000);
set session_replication_role = replica;
insert into billing.clawbacks (node_id, command_id, account_id, amount_minor, stands_node_id) values (2, pg_temp.uuid_of(8), 1, 90, 3);
set session_replication_role = origin;
select applied from pg_temp.apply(1, 7, 8, '[{"o":7,"c":8,"a":1,"m":90}]');
select billing.note_duplicate_pay_ins(array[pg_temp.uuid_of(8)]), (select count(*) from billing.arrived_duplicate_pay_ins) as arrived;
