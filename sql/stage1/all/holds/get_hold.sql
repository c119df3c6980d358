create or replace function billing.get_hold(
    in_hold_id     uuid,
    in_timeout_ms  integer,
    in_tenants     text[] default '{default}',
    out status     text,
    out node_id    integer,
    out hold       jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.get_hold(3)
--
--   A hold, asked of its home, as its id tells.
--
-- Parameters
--   in_tenants  whose holds the caller may see; null: all
-- Returns
--   status   found · not_found · node_unreachable
--   node_id  its home
--   hold     as billing.describe_hold
-- Writes    node_breakers
-- ---------------------------------------------------------------------------
declare
    asked record;
begin
    node_id := pay_out_node_id(in_hold_id);
    if node_id = local_node_id() then
        hold := describe_hold(in_hold_id);
    elsif exists (select from node_config c where c.node_id = get_hold.node_id) then
        asked := ask_node(node_id, format('select billing.describe_hold(%L)::text', in_hold_id), in_timeout_ms);
        if asked.status <> 'answered' then
            status := 'node_unreachable';
            return;
        end if;
        hold := asked.answer::jsonb;
    end if;
    if in_tenants is not null and hold ->> 'tenant' <> all (in_tenants) then
        hold := null;
    end if;
    status := case when hold is null then 'not_found' else 'found' end;
end;
$$;
