create or replace function billing.count_entries(
    in_account_ids     bigint[],
    in_operation_type  billing.operation_type
)
returns table (account_id bigint, node_id integer, entries bigint, amount_minor numeric)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_entries(2)
--
--   How many entries of these accounts this node knows, by the node that wrote
--   them, and what they add up to.
--
-- Parameters
--   in_operation_type  null: any
-- Returns   a row for each account and node that has an entry
-- ---------------------------------------------------------------------------
    select l.account_id, l.node_id, count(*), sum(l.amount_minor)
      from entries l
     where l.account_id = any (in_account_ids)
       and (in_operation_type is null or l.operation_type = in_operation_type)
     group by l.account_id, l.node_id;
$$;
