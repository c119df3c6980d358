create or replace function billing.require_lease(in_number bigint)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: for what two holders must not do both. Whoever takes the node meanwhile waits for the caller's
-- commit. Null: a coordinator of the version before, which knows no lease. Raises GB029: not the holder.
begin
    if in_number is not null then
        perform from node_lease l where l.number = in_number for key share;
        if not found then
            raise exception 'lease % has ended: another coordinator holds this node', in_number using errcode = 'GB029';
        end if;
    end if;
end;
$$;
