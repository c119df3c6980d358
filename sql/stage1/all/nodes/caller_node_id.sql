create or replace function billing.caller_node_id()
returns integer
language sql stable
set search_path = billing, pg_temp
as $$
-- Internal: the node whose call this is, by whom the session logged in as: another one as billing_peer_<node> or its twin, anybody
-- else is this one. Null: billing_peer itself, as nodes of version 7 come, whose number nobody can check.
    select case when session_user <> 'billing_peer'
                then coalesce(substring(session_user from '^billing_peer_(\d+)(?:_twin)?$')::integer, local_node_id()) end
$$;

create or replace function billing.require_caller(in_node_id integer)
returns void
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: raises GB004 when another node calls and it is not this one. Whoever calls from here may speak of all.
begin
    if caller_node_id() not in (in_node_id, local_node_id()) then
        raise exception 'node % calls for node %', caller_node_id(), in_node_id using errcode = 'GB004';
    end if;
end;
$$;
