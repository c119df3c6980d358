create or replace function billing.describe_position(in_node_ids integer[], in_batch_ids bigint[])
returns text
language sql
immutable
as $$
-- ---------------------------------------------------------------------------
-- billing.describe_position(2)
--
--   Batches of nodes as a position says them: `2.1:4711,1.1:880`, in the order
--   given (docs/positions.md). Null: none of them is known.
-- ---------------------------------------------------------------------------
    select string_agg(format('%s.%s:%s', p.node_id, billing.incarnation_of(p.batch_id), p.batch_id & (1::bigint << 44) - 1), ','
                      order by p.i)
      from unnest(in_node_ids, in_batch_ids) with ordinality as p (node_id, batch_id, i)
     where p.batch_id is not null;
$$;
