create or replace function billing.forget_batches(in_limit integer)
returns integer
language sql
security definer
set search_path = billing, pg_temp
as $$
-- This node's own batches, once committed, are of no more use in the table: those who send read them in the WAL. Forgets up to
-- in_limit of them, and returns how many. Deletes are not sent.
    with old as (
        select b.node_id, b.id from batches b limit in_limit for update skip locked
    ), gone as (
        delete from batches b using old o where b.node_id = o.node_id and b.id = o.id returning b.id
    )
    select count(*)::integer from gone;
$$;
