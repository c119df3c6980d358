create or replace function billing.require_holds()
returns void
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: nodes of version 9 know neither what a part holds nor entries of the type return (docs/adr/0028). Until the upgrade is
-- complete here raises 42883, as a node of that version would.
begin
    -- As schema_version() says it, which is planned anew at each call.
    if not exists (select from completed_upgrades c where c.version >= 10) then
        raise exception 'holds wait until the upgrade to version 10 is complete at node %', local_node_id() using errcode = '42883';
    end if;
end;
$$;
