create or replace function billing.write_position()
returns text
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.write_position()
--
--   A batch that says nothing else: where it has arrived, so has all that was
--   committed before this transaction, and this transaction. For what is told of
--   an earlier one, and for changes that write rows of other tables alone.
--
-- Returns   its position; null where this node sends no batches yet
-- Writes    batches
-- ---------------------------------------------------------------------------
begin
    return describe_batch(local_node_id(), write_empty_batch());
end;
$$;

create or replace function billing.write_empty_batch()
returns bigint
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: its id; null where this node sends no batches yet. Writes batches.
    insert into batches (node_id) select local_node_id() where is_packed() returning id;
$$;
