-- Positions (docs/positions.md): what has arrived here, asked by see_positions. Node 2's batches come as apply brings them.
alter sequence billing.batch_id_seq restart with 100;
insert into pglogical.subscription (sub_id, sub_name, sub_origin, sub_target, sub_origin_if, sub_target_if, sub_enabled, sub_slot_name, sub_replication_sets, sub_forward_origins)
select 42, billing.subscription_name(2, 1), node_id, node_id, node_local_interface, node_local_interface, false, 's', '{}', '{}' from pglogical.local_node;
insert into pglogical.local_sync_status (sync_kind, sync_subid, sync_status, sync_statuslsn) values ('f', 42, 'r', '0/0');
create function pg_temp.arrive(in_ids bigint[], in_next_offset bigint default null) returns void language sql as $$
    select set_config('session_replication_role', 'replica', true);
    insert into billing.batches (id, node_id, stored_topic, stored_partition_id, stored_next_offset)
    select i, 2, case when in_next_offset is not null then 'billing.payin' end, case when in_next_offset is not null then 0 end, in_next_offset
      from unnest(in_ids) i;
    select set_config('session_replication_role', 'origin', true);
$$;
create function pg_temp.end_until(in_id bigint) returns void language sql as $$
    select set_config('session_replication_role', 'replica', true);
    insert into billing.node_heartbeats (node_id, beat_at, ended_batch_id) values (2, now(), in_id)
    on conflict (node_id) do update set ended_batch_id = in_id;
    select set_config('session_replication_role', 'origin', true);
$$;
-- A position of a batch, or of a message where an offset is given.
create function pg_temp.see(in_node integer, in_number bigint, in_incarnation integer default 1, in_offset bigint default null) returns text language sql as $$
    select (billing.see_positions(array[in_node], array[case when in_offset is null then in_incarnation end], array[in_number],
        array[case when in_offset is not null then 'billing.payin' end], array[case when in_offset is not null then 0 end], array[in_offset]))[1]
$$;
-- Exactly what has come, whether it is unpacked or not: another number of the node may be on its way.
select pg_temp.arrive('{5,7,8}');
select n, pg_temp.see(2, n) from generate_series(4, 9) n;
select unpacked from billing.unpack_batches(1000);
select n, pg_temp.see(2, n) from generate_series(4, 9) n;
select batch_ids from billing.arrived_positions;
-- What its node says has ended will never come, and needs no list.
select pg_temp.end_until(7), pg_temp.arrive('{9}');
select unpacked from billing.unpack_batches(1000);
select batch_ids from billing.arrived_positions;
select n, pg_temp.see(2, n) from unnest('{1,4,9,10}'::bigint[]) n;
-- A new incarnation of the node: numbers of before count for nothing, those of it are known as they come.
select pg_temp.end_until(billing.batch_id(2, 0)), pg_temp.arrive(array[billing.batch_id(2, 2)]);
select pg_temp.see(2, 5), pg_temp.see(2, 5, 2), pg_temp.see(2, 2, 2), pg_temp.see(2, 5, 3);
-- Messages: here by the offset that is stored, elsewhere by the one that came with a batch.
select pg_temp.arrive(array[billing.batch_id(2, 3)], 12);
select pg_temp.see(2, null, in_offset => 11), pg_temp.see(2, null, in_offset => 12), pg_temp.see(1, null, in_offset => 0);
select epoch from billing.claim_partition('billing.payin', 0, 'worker', 0, 1) \gset
select applied, parked, dead from pg_temp.apply(:epoch, 0, 2, '[{"o": 1, "c": 1, "a": 99, "m": 5, "v": "x"}]');
select pg_temp.see(1, null, in_offset => 1), pg_temp.see(1, null, in_offset => 2);
-- It travels though nothing was credited.
select entry_ids, stored_topic, stored_partition_id, stored_next_offset from billing.batches where stored_next_offset is not null;
-- Nothing counts as here while rows of the node are being copied.
update pglogical.local_sync_status set sync_status = 'd' where sync_subid = 42;
select pg_temp.see(2, 2, 2), pg_temp.see(2, null, in_offset => 11), pg_temp.see(9, 1);
-- What this node gives: with a pay-out, with its repeat, with what a drain has taken. Its own are here.
select deposit_balance(add_account('Ptitsyn'), 100, 1);
create function pg_temp.pay(in_keys text[], in_accounts bigint[]) returns table (status text, batch text) language sql as $$
    select status, split_part(position, ':', 2) from billing.pay_out('{shop,shop}', in_keys, array[sha256(in_keys[1]::bytea), sha256(in_keys[2]::bytea)],
        in_accounts, '{100,200}', '{USD,USD}', '{f,f}', '{1,1}', '{null,null}', '{null,null}')
$$;
create temporary table paid as select * from pg_temp.pay('{a,b}', '{1,1}');
select p.status, cardinality(b.entry_ids) as entries from paid p left join billing.batches b on b.id = p.batch::bigint;
create temporary table repeated as select * from pg_temp.pay('{a,c}', '{1,9}');
select p.status, b.id is not null as has_batch, cardinality(b.entry_ids) as entries from repeated p left join billing.batches b on b.id = p.batch::bigint;
select status from billing.pay_out('{shop}', '{d}', '{"\\x04"}', '{1}', '{15000}', '{USD}', '{t}', '{9000}', '{null}', '{null}');
select id as attempt from billing.pay_out_attempts where state = 'pending' \gset
select format('[{"node_id": 2, "round": 1, "status": "reserved", "reserved_minor": "4000", "batch_id": "%s"}, {"node_id": 3, "round": 1, "status": "reserved", "reserved_minor": "9000"}]',
              billing.batch_id(2, 41)) as answers \gset
select verdict, taken_nodes, regexp_replace(position, '^1\.1:\d+', '1.1:n') as position from billing.decide_drain(:'attempt', :'answers', '{2,3}', true);
select verdict, taken_nodes, regexp_replace(position, '^1\.1:\d+', '1.1:n') as position from billing.decide_drain(:'attempt', :'answers', '{2,3}', true);
select status, regexp_replace(position, '^1\.1:\d+', '1.1:n') as position
  from billing.pay_out('{shop}', '{d}', '{"\\x04"}', '{1}', '{15000}', '{USD}', '{t}', '{9000}', '{null}', '{null}');
-- A donor tells its batch, of a repeat a later one; of what holds nothing none.
create function pg_temp.reserve(in_wanted bigint, in_round integer) returns bigint language sql as $$
    select (billing.reserve(jsonb_build_array(jsonb_build_object('attempt_id', '0191d2c8-7a1b-8002-8e4f-000000000000', 'round', in_round, 'account_id', 1,
        'pay_out_id', '0191d2c8-7a1b-8002-8e4f-000000000001', 'coordinator_node_id', 2, 'wanted_minor', in_wanted, 'left_ms', 5000))) -> 0 ->> 'batch_id')::bigint
$$;
select deposit_balance(1, 100, 1);
select pg_temp.reserve(10, 1) as first \gset
select pg_temp.reserve(10, 1) > :first as is_later, pg_temp.reserve(0, 2) as none;
select amounts_minor from billing.batches where id = :first;
-- Numbers that can no longer come: all, once nobody else holds one.
select billing.beat() is not null as beat;
select ended_batch_id = (select last_value from billing.batch_id_seq) as all_ended from billing.node_heartbeats where node_id = 1;
-- A restore is said by whoever made it.
select billing.begin_incarnation(), billing.begin_incarnation(7);
select billing.begin_incarnation(7);
select pg_temp.see(1, 101), pg_temp.see(1, 0, 7), pg_temp.see(1, 1, 7), billing.write_position();
