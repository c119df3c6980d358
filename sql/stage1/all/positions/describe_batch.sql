create or replace function billing.describe_batch(in_node_id integer, in_batch_id bigint)
returns text
language sql
immutable
parallel safe
as $$
-- A batch as a position says it: `2.1:4711` (docs/positions.md). Null: it is not known. No settings, so that it is inlined.
    select in_node_id::text || '.' || billing.incarnation_of(in_batch_id)::text || ':' || (in_batch_id & (1::bigint << 44) - 1)::text;
$$;
