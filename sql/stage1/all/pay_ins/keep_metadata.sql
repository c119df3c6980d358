create or replace function billing.keep_metadata(
    in_command_ids       uuid[],
    in_account_ids       bigint[],
    in_metadata_indexes  integer[],
    in_metadata          jsonb[]
)
returns void
language sql
set search_path = billing, pg_temp
as $$
-- Internal: metadata of the pay-ins that have an entry here for the same account; the first one stays.
    insert into operation_metadata (operation_id, metadata)
    select distinct on (in_command_ids[d.index]) in_command_ids[d.index], d.metadata
      from unnest(in_metadata_indexes, in_metadata) as d (index, metadata)
      join transaction_log l on l.operation_id = in_command_ids[d.index]
       and l.node_id = local_node_id() and l.operation_type = 'pay_in'
       and l.account_id = in_account_ids[d.index]
     order by in_command_ids[d.index], d.index
    on conflict (operation_id) do nothing;
$$;
