create or replace function billing.see_parts(in_account_id bigint, in_timeout_ms integer)
returns table (node_id integer, is_seen boolean, balance_minor numeric, reserved_minor numeric, in_transit_minor numeric)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.see_parts(2)
--
--   All parts of an account as their own nodes say, asked at once. Replicas are
--   not consulted: a part whose node does not answer is not seen.
--
-- Parameters
--   in_timeout_ms  how long to wait for the answers
-- Returns   a row a node, in order; amounts null where it is not seen
-- Writes    node_breakers
-- Raises    GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    others  constant integer[] := array(select n.node_id from node_config n
                                         where n.node_id <> local_node_id() order by 1);
    query   constant text := format('select billing.part_of_account(%s)::text', in_account_id);
begin
    return query
        select p.node_id, p.part is not null, (p.part ->> 'balance_minor')::numeric,
               (p.part ->> 'reserved_minor')::numeric, (p.part ->> 'in_transit_minor')::numeric
          from (select local_node_id() as node_id, part_of_account(in_account_id) as part
                union all
                select a.node_id, case when a.status = 'answered' then a.answer::jsonb end
                  from ask_nodes(others, array_fill(query, array[cardinality(others)]), in_timeout_ms) a) p
         order by p.node_id;
end;
$$;
