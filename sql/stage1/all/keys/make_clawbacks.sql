create or replace function billing.make_clawbacks(in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.make_clawbacks(1)
--
--   Makes clawbacks of pay-ins of this node that are to be taken back: only where
--   another node itself has told here of one like it, earlier, that it does not take
--   back itself, so that no row of a third is believed.
--
-- Returns   how many must wait, as that entry is not a row here yet
-- Locks     rows of arrived_duplicate_pay_ins (skip locked)
-- Writes    clawbacks, arrived_duplicate_pay_ins
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    chosen uuid[];
    made   uuid[];
begin
    chosen := array(select d.command_id from arrived_duplicate_pay_ins d where d.tried_at < clock_timestamp() - unpacked_after()
                     order by d.tried_at, d.command_id limit in_limit for update skip locked);
    with own as (
        select o.* from unnest(chosen) c
         cross join lateral (select l.* from transaction_log l
                              where l.operation_id = c and l.node_id = local_node_id() and l.operation_type = 'pay_in' limit 1) o
    ), standing as (
        select distinct on (o.operation_id) o.operation_id, o.account_id, o.amount_minor, f.node_id
          from own o
         cross join lateral (select l.* from transaction_log l
                              where l.operation_id = o.operation_id and l.operation_type = 'pay_in' and l.node_id <> o.node_id offset 0) f
         where (f.created_at, f.node_id) < (o.created_at, o.node_id)
           and is_same_pay_in(o.account_id, o.amount_minor, o.reference, f.account_id, f.amount_minor, f.reference)
           and not is_taken_back(f.node_id, f.operation_id)
         order by o.operation_id, f.created_at, f.node_id
    ), inserted as (
        insert into clawbacks (node_id, command_id, account_id, amount_minor, stands_node_id)
        select local_node_id(), s.operation_id, s.account_id, s.amount_minor, s.node_id from standing s
        on conflict (node_id, command_id) do nothing
    )
    select coalesce(array_agg(s.operation_id), '{}') into made from standing s;
    delete from arrived_duplicate_pay_ins d where d.command_id = any (made);
    update arrived_duplicate_pay_ins d set tried_at = clock_timestamp()
     where d.command_id = any (chosen) and d.command_id <> all (made);
    return cardinality(chosen) - cardinality(made);
end;
$$;

create or replace function billing.unpacked_after()
returns interval
language sql
immutable
as $$
-- Internal: how long what is told of an entry that is not a row here yet waits. No settings, so that it is inlined.
    select interval '2 seconds'
$$;
