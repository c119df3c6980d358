create or replace function billing.in_transit_minor(in_account_id bigint)
returns bigint
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what of an account is on its way from this node to others. (plpgsql, here and below, keeps
-- its plans: a function in SQL that sets something is planned anew at every call.)
begin
    return (select coalesce(sum(t.amount_minor), 0) from transfers t
             where t.account_id = in_account_id and t.node_id = local_node_id() and t.state = 'in_transit');
end;
$$;
