select add_account('Aleksandrov'), add_account('Pavlichev');
-- An hour ago, on the second.
select (extract(epoch from date_trunc('second', now() - interval '1 hour')) * 1000)::bigint as base \gset
select set_config('billing.example_ms', :'base', true) is not null as ok;
create function pg_temp.id_of(in_ms integer, in_kind integer, in_node integer, n integer) returns uuid language sql
as $$ select (lpad(to_hex(current_setting('billing.example_ms')::bigint + in_ms), 12, '0') || format('8%s%s8000', in_kind, lpad(to_hex(in_node), 2, '0')) || lpad(n::text, 12, '0'))::uuid $$;
create function pg_temp.at(in_ms numeric) returns timestamptz language sql
as $$ select to_timestamp(current_setting('billing.example_ms')::bigint / 1000) + in_ms * interval '1 millisecond' $$;
create function pg_temp.arrives(in_id bigint, in_node integer, in_type billing.operation_type, in_operation uuid, in_minor bigint, in_ms numeric,
                                in_reference text default null, in_account bigint default 1) returns void language sql
as $$ insert into billing.transaction_log values (100000 + in_id, in_account, in_minor, pg_temp.at(in_ms), in_operation, in_node, in_type, in_reference) $$;
create function pg_temp.packed(in_id bigint, in_node integer, in_type billing.operation_type, in_operation uuid, in_minor bigint, in_ms numeric) returns void language sql
as $$ insert into billing.arrived_batches (id, node_id, created_at, operation_type, entry_count, entry_ids, account_ids, amounts_minor, operation_ids)
      values (in_id, in_node, pg_temp.at(in_ms), in_type, 1, array[in_id], '{1}', array[in_minor], array[in_operation]) $$;
create function pg_temp.operations(in_types text[] default null, in_from timestamptz default null, in_to timestamptz default null, in_node integer default null)
returns table (at text, type text, minor numeric, reference text, entries text, details jsonb) language sql
as $$ select to_char((o.ms - current_setting('billing.example_ms')::bigint) / 1000.0, 'FM00.000'), o.type, o.amount_minor, o.reference,
             (select string_agg(format('%s:%s:%s', e ->> 'node_id', e ->> 'type', e ->> 'amount_minor'), ' ') from jsonb_array_elements(o.entries) e),
             jsonb_strip_nulls(o.details)
        from billing.list_operations(1, null, 50, in_types, in_from, in_to, in_node) o $$;
-- Walks all pages of a length; what it saw, in its order.
create function pg_temp.walk(in_limit integer) returns text[] language plpgsql as $$
declare seen text[] := '{}'; before billing.operation_key; page integer; o record;
begin
    loop
        page := 0;
        for o in select * from billing.list_operations(1, before, in_limit) loop
            seen := seen || format('%s/%s/%s', o.ms, o.id, o.slot);
            before := row(o.ms, o.id, o.slot);
            page := page + 1;
        end loop;
        exit when page < in_limit;
    end loop;
    return seen;
end $$;

-- What replication brings of nodes 2 and 3, and some of this node's: rows that only they may write.
set session_replication_role = replica;
select pg_temp.arrives(1, 1, 'deposit', pg_temp.uuid_of(1), 1000, 0);
select pg_temp.arrives(2, 2, 'pay_in', pg_temp.uuid_of(2), 500, 1000, 'invoice 7');
-- A pay-out of node 2 alone; one that it drains, of which it gives nothing itself, and this node's clock is behind.
select pg_temp.arrives(3, 2, 'pay_out', pg_temp.id_of(2000, 0, 2, 1), -50, 2000.3);
select pg_temp.arrives(4, 1, 'reserve', pg_temp.id_of(3000, 0, 2, 2), -30, 2500, 'order 9'),
       pg_temp.arrives(5, 3, 'reserve', pg_temp.id_of(3000, 0, 2, 2), -40, 3020, 'order 9');
-- A hold of node 3, some of it given back later; a charge; a refund; a transfer, of which what arrives came first.
select pg_temp.arrives(6, 3, 'reserve', pg_temp.id_of(4000, 1, 3, 3), -20, 4000),
       pg_temp.arrives(7, 2, 'reserve', pg_temp.id_of(4000, 1, 3, 3), -10, 4030),
       pg_temp.arrives(8, 2, 'return', pg_temp.id_of(4000, 1, 3, 3), 10, 60000);
select pg_temp.arrives(9, 3, 'pay_out', pg_temp.id_of(5000, 2, 3, 4), -5, 5000);
select pg_temp.arrives(10, 3, 'refund', pg_temp.id_of(6000, 0, 3, 5), 5, 6000);
select pg_temp.arrives(11, 3, 'transfer_in', pg_temp.uuid_of(6), 70, 7100);
-- Two nodes have credited one command; two deposits of one moment.
select pg_temp.arrives(12, 2, 'pay_in', pg_temp.uuid_of(7), 1, 8000), pg_temp.arrives(13, 3, 'pay_in', pg_temp.uuid_of(7), 1, 8000);
select pg_temp.arrives(14, 1, 'deposit', pg_temp.uuid_of(8), 2, 9000.1), pg_temp.arrives(15, 1, 'deposit', pg_temp.uuid_of(9), 3, 9000);
-- Another account's.
select pg_temp.arrives(16, 1, 'deposit', pg_temp.uuid_of(10), 1000, 0, null, 65);
-- Pay-ins whose command ids are ids of other operations: another account's of a deposit, this one's of a refund. A pay-out that was given back.
select pg_temp.arrives(17, 1, 'pay_in', pg_temp.uuid_of(8), 9, 9500, null, 65),
       pg_temp.arrives(18, 3, 'pay_in', pg_temp.id_of(6000, 0, 3, 5), 8, 9600, 'its command id is a refund''s');
select pg_temp.arrives(19, 2, 'pay_out', pg_temp.id_of(9700, 0, 2, 11), -4, 9700, 'order 10'),
       pg_temp.arrives(20, 2, 'correction', pg_temp.id_of(9700, 0, 2, 11), 4, 9800, 'duplicate of another');

-- One item each, newest first. The transfer does not stand here yet: nobody knows when it began.
select * from pg_temp.operations();
-- Page by page the same, whatever their length.
select limits, pg_temp.walk(limits) = pg_temp.walk(50) as same, cardinality(pg_temp.walk(limits)) from generate_series(1, 12) limits where limits <> 8;

-- A walk is under way; then the rest arrives, some of it packed: what was there stands where it stood, and is told once.
create temp table known as select o.ms, o.id, o.slot from billing.list_operations(1, null, 50) o;
create temp table walked as select o.ms, o.id, o.slot from billing.list_operations(1, null, 5) o;
select pg_temp.packed(17, 2, 'reserve', pg_temp.id_of(3000, 0, 2, 2), -5, 2400);
select pg_temp.packed(18, 2, 'transfer_out', pg_temp.uuid_of(6), -70, 6500);
select pg_temp.packed(19, 3, 'correction', pg_temp.id_of(5000, 2, 3, 4), 5, 90000);
select pg_temp.packed(20, 2, 'release', pg_temp.id_of(3000, 0, 2, 2), 5, 91000);
-- Tried again under its id: it is paid by what one node has, long after it began.
select pg_temp.packed(21, 3, 'pay_out', pg_temp.id_of(1500, 0, 3, 11), -1, 92000);
select at, type, minor, entries, details from pg_temp.operations() where type in ('transfer', 'charge', 'pay_out');
create temp table rest as select o.ms, o.id, o.slot
  from billing.list_operations(1, (select row(w.ms, w.id, w.slot)::billing.operation_key from walked w order by w.ms, w.id, w.slot limit 1), 50) o;
select * from rest intersect select * from walked;
select * from known except select * from rest except select * from walked;
-- What is there only once it arrived behind is told by who begins anew.
select limits, pg_temp.walk(limits) = pg_temp.walk(50) as same, cardinality(pg_temp.walk(limits)) from generate_series(1, 12) limits where limits <> 8;
-- The items add up to the entries.
select sum(o.minor) = (select sum(e.amount_minor) from billing.entries e where e.account_id = 1) as adds_up from pg_temp.operations() o;
-- Unpacked, the same.
create temp table packed as select * from pg_temp.operations();
select unpacked from billing.unpack_batches(100);
select * from packed except select * from pg_temp.operations();
select limits, pg_temp.walk(limits) = pg_temp.walk(50) as same from generate_series(1, 3) limits;
set session_replication_role = origin;

-- Bounds and kinds.
select at, type from pg_temp.operations('{hold,charge}');
select at, type from pg_temp.operations(in_from => pg_temp.at(2000), in_to => pg_temp.at(4000));
select at, type from pg_temp.operations(in_node => 1);
select at, type from pg_temp.operations('{transfer}', in_node => 3);
-- Until its node has told of it, a drain is pending. It is known to be paid by its key, which its node has told of, or by what was settled here.
savepoint told;
insert into billing.arrived_keys values (pg_temp.uuid_of(1), 2, pg_temp.id_of(3000, 0, 2, 2), pg_temp.at(3000), 'x', null, pg_temp.at(3050), '{1,3}', '{30,40}');
select details from pg_temp.operations('{pay_out}') where at = '03.000';
rollback to told;
insert into billing.reservations (attempt_id, round, account_id, pay_out_id, coordinator_node_id, amount_minor, settled_minor, state)
values (pg_temp.uuid_of(1), 1, 1, pg_temp.id_of(3000, 0, 2, 2), 2, 30, 30, 'settled');
select details from pg_temp.operations('{pay_out}') where at = '03.000';
-- Refused, as all of it came back, whatever its node says of it elsewhere.
insert into billing.transaction_log (account_id, amount_minor, operation_id, node_id, operation_type) values
    (1, -1, pg_temp.id_of(3100, 0, 2, 20), 1, 'reserve'), (1, 1, pg_temp.id_of(3100, 0, 2, 20), 1, 'release');
select type, entries, details from pg_temp.operations('{pay_out}') where at = '03.100';
-- Of this node's own its rows tell the rest.
select deposit_balance(1, 100.00, 1);
select status from billing.pay_out('{shop}', '{k}', array['x'::bytea], '{1}', '{700}', '{USD}', '{false}', '{1000}', '{order 10}', '{"{\"a\": 1.50}"}', null, null, null,
                                   array['{"service_id": "7", "quantity": "2", "price": "3.50", "unit": null, "amount_minor": "700"}'::jsonb]);
select type, minor, reference, entries, details from pg_temp.operations('{charge}') limit 1;
-- Pay-outs from this part alone have the time of their entries in their ids, however many a call makes: none is spread.
savepoint many;
select deposit_balance(1, 100.00, 1);
select status, count(*)
  from billing.pay_out(array_fill('shop'::text, '{600}'), array(select 'many ' || i from generate_series(1, 600) i), array_fill('x'::bytea, '{600}'),
                       array_fill(1::bigint, '{600}'), array_fill(1::bigint, '{600}'), array_fill('USD'::text, '{600}'), array_fill(false, '{600}'),
                       array_fill(1000, '{600}'), array_fill(null::text, '{600}'), array_fill(null::text, '{600}')) group by 1;
select count(*) filter (where billing.is_spread(l.operation_type, l.operation_id, l.created_at)) as spread,
       count(distinct billing.ms_of_id(l.operation_id)) as moments
  from billing.transaction_log l join billing.pay_outs p on p.id = l.operation_id where p.idempotency_key like 'many %';
rollback to many;
-- As the gateway; another tenant sees nothing.
set session authorization billing_gateway;
select count(*) from billing.list_operations(1, null, 50);
select count(*) from billing.list_operations(1, null, 50, in_tenants => '{other}');
select count(*) from billing.list_operations(6401, null, 50);
