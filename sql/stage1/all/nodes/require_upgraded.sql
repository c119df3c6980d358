create or replace function billing.require_upgraded(in_what text)
returns void
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- Of what nodes of version 9 do not understand, such as what a part holds, entries of the type return, charges or pay-outs up to an
-- amount (docs/adr/0028). Until the upgrade is complete here raises 42883, as a node of that version would.
begin
    -- As schema_version() says it, which is planned anew at each call.
    if not exists (select from completed_upgrades c where c.version >= 10) then
        raise exception '% wait until the upgrade to version 10 is complete at node %', in_what, local_node_id() using errcode = '42883';
    end if;
end;
$$;
