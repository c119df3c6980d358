-- Command ids that two nodes have credited (docs/key-homes.md). What node 2 credited arrives packed, as apply takes it, and is unpacked.
create function pg_temp.arrive(in_id bigint, in_command integer, in_account bigint, in_minor bigint, in_age interval, in_reference text default null)
returns void language sql as $$
    insert into billing.arrived_batches (id, node_id, created_at, operation_type, entry_count, entry_ids, account_ids, amounts_minor,
                                         operation_ids, entry_references)
    values (in_id, 2, clock_timestamp() - in_age, 'pay_in', 1, array[in_id * 64 + 2], array[in_account], array[in_minor],
            array[pg_temp.uuid_of(in_command)], array[in_reference])
$$;
create function pg_temp.seal(in_command integer) returns void language sql as $$
    select billing.note_duplicate_pay_ins(array[pg_temp.uuid_of(in_command)], true)
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
-- Credited here before it has arrived: the earlier stands. There the earlier of 4 and 6, here that of 5; 6 arrives packed and is found when this node's own is sealed.
select applied from pg_temp.apply(1, 3, 6, '[{"o":3,"c":4,"a":65,"m":400}, {"o":4,"c":5,"a":65,"m":50}, {"o":5,"c":6,"a":65,"m":60}]');
select pg_temp.arrive(3, 4, 65, 400, '1 min'), pg_temp.arrive(4, 5, 65, 50, '-1 min');
select unpacked from billing.unpack_batches(1000);
select pg_temp.arrive(5, 6, 65, 60, '1 min'), pg_temp.seal(6), pg_temp.seal(4);
select command_id, later_node_id, stands_node_id, amount_minor, is_same from billing.duplicate_pay_ins order by command_id;
select outcome, node_id from billing.get_pay_in(pg_temp.uuid_of(4), null, null, null, null);
-- Clawbacks are made of what this node is to take back, once the other's entry is a row here.
select has_clawbacks from billing.see_duties();
select billing.open_clawbacks(10);
select unpacked from billing.unpack_batches(1000);
update billing.arrived_duplicate_pay_ins set tried_at = '-infinity';
select billing.open_clawbacks(10), count(*) as arrived from billing.arrived_duplicate_pay_ins;
select command_id, account_id, amount_minor, taken_minor, stands_node_id from billing.clawbacks order by command_id;
select total_minor, clawback_minor from billing.get_balance(65) limit 1;
select settled, open, different from billing.count_clawbacks();
-- As much as there is: the customer has spent some of it. The pay-out's key goes on when it was made, not before.
select status from billing.pay_out('{shop}', '{k}', array[sha256('k')], '{65}', '{200}', '{USD}', '{false}', '{5000}', '{null}', '{null}');
select clawback ->> 'client_id' as client, clawback ->> 'key' as key, clawback ->> 'left_minor' as "left", clawback ->> 'wanted_minor' as wanted,
       billing.try_clawback(pg_temp.uuid_of(4)) ->> 'key' as again from billing.try_clawback(pg_temp.uuid_of(4)) clawback;
create function pg_temp.pay_clawback(in_command integer) returns text language sql as $$
    select p.status from billing.try_clawback(pg_temp.uuid_of(in_command)) c,
           billing.pay_out(array[c ->> 'client_id'], array[c ->> 'key'], array[sha256((c ->> 'wanted_minor')::bytea)], array[(c ->> 'account_id')::bigint],
                           array[(c ->> 'wanted_minor')::bigint], array[c ->> 'currency'], '{false}', '{5000}', '{pay-in credited twice}', '{null}') p
$$;
select pg_temp.pay_clawback(4), billing.try_clawback(pg_temp.uuid_of(4)) ->> 'left_minor' as "left";
select billing.try_clawback(pg_temp.uuid_of(4)) ->> 'wanted_minor' as wanted, (select has_clawbacks from billing.see_duties());
select deposit_balance(65, 5, 1);
update billing.clawbacks set tried_at = '-infinity';
select has_clawbacks from billing.see_duties();
select pg_temp.pay_clawback(4), billing.try_clawback(pg_temp.uuid_of(4)) ->> 'left_minor' as "left", pg_temp.pay_clawback(6), billing.try_clawback(pg_temp.uuid_of(6)) ->> 'left_minor' as other;
select command_id, taken_minor, cardinality(pay_out_ids) as pay_outs from billing.clawbacks order by command_id;
select operation_type, amount_minor, reference from billing.transaction_log where account_id = 65 and node_id = 1 order by id;
select balance_minor, clawback_minor from billing.get_balance(65) where is_own;
select settled, open, different from billing.count_clawbacks();
-- A row that no earlier entry there stands behind is not believed.
insert into billing.arrived_duplicate_pay_ins values (pg_temp.uuid_of(3), 2);
select billing.open_clawbacks(10), (select count(*) from billing.clawbacks) as clawbacks;
delete from billing.arrived_duplicate_pay_ins;
-- Of other content: for people to look at.
select applied from pg_temp.apply(1, 6, 7, '[{"o":6,"c":7,"a":65,"m":10}]');
select pg_temp.arrive(6, 7, 1, 10, '1 min');
select unpacked from billing.unpack_batches(1000);
select different, (select count(*) from billing.arrived_duplicate_pay_ins) as arrived from billing.count_clawbacks();
select f ->> 'check' as "check", f ->> 'operation_id' as operation, f ->> 'detail' as detail from billing.audit_entries('', 1000), jsonb_array_elements(findings) f;
