create or replace function billing.get_pay_out(
    in_pay_out_id  uuid,
    in_timeout_ms  integer,
    in_tenants     text[] default '{default}',
    out status     text,
    out node_id    integer,
    out pay_out    jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.get_pay_out(3)
--
--   A pay-out, asked of the node that keeps it, as its id tells.
--
-- Parameters
--   in_tenants  whose pay-outs the caller may see; null: all
-- Returns
--   status   found · not_found · node_unreachable
--   node_id  the node that keeps it
--   pay_out  as billing.describe_pay_out
-- Writes    node_breakers
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    asked record;
begin
    node_id := pay_out_node_id(in_pay_out_id);
    if node_id = local_node_id() then
        pay_out := describe_pay_out(in_pay_out_id);
    elsif exists (select from node_config c where c.node_id = get_pay_out.node_id) then
        asked := ask_node(node_id, format('select billing.describe_pay_out(%L)::text', in_pay_out_id), in_timeout_ms);
        if asked.status <> 'answered' then
            status := 'node_unreachable';
            return;
        end if;
        pay_out := asked.answer::jsonb;
    end if;
    -- A node of schema version 6 knows no tenant: all is the default one's.
    if in_tenants is not null and coalesce(pay_out ->> 'tenant', 'default') <> all (in_tenants) then
        pay_out := null;
    end if;
    status := case when pay_out is null then 'not_found' else 'found' end;
end;
$$;
