create or replace function billing.digests(in_table text, in_after text, in_limit integer, in_keys text[])
returns jsonb
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- For another node's auditor: digests of this node's own rows, and a moment by this node's clock by which
-- all that they tell was committed.
    select jsonb_build_object('at', clock_timestamp(), 'rows',
               coalesce((select jsonb_agg(to_jsonb(r)) from digest_rows(in_table, local_node_id(), in_after, null, in_limit, in_keys) r), '[]'));
$$;
