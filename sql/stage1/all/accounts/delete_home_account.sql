create or replace function billing.delete_home_account(
    in_account_id  bigint,
    in_client_id   text,
    in_reason      text,
    in_left_minor  numeric,
    in_address     inet default null,
    in_parts       jsonb default null
)
returns text
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.delete_home_account(6)
--
--   Marks an account deleted at its home node, which alone writes its row, and
--   keeps who did it. Peers call it for billing.delete_account, which has looked
--   at all parts.
--
-- Parameters
--   in_left_minor  what was in it, as the caller knew; zero where it was not forced
--   in_address     where the client asked from; null: not known
--   in_parts       of the account, as the caller knew them: [{node, balance}]
-- Returns   where it has arrived, so has the deletion (docs/positions.md). Callers of
--           version 9 pass over it
-- Locks     row of accounts
-- Writes    accounts, account_acts, batches
-- Raises    GB002 not found, GB003 deleted before, GB004 its home is elsewhere
-- ---------------------------------------------------------------------------
begin
    perform require_local_node((in_account_id % 64)::integer);
    update accounts set is_deleted = true where id = in_account_id and not is_deleted;
    if not found then
        perform open_account_row(in_account_id);
    end if;
    insert into account_acts (id, account_id, tenant, act, client_id, address, reason, left_minor, before, after)
    select gen_random_uuid(), a.id, a.tenant, 'delete', in_client_id, in_address, left(btrim(in_reason), 500), in_left_minor,
           jsonb_build_object('deleted', false, 'currency', a.currency, 'parts', in_parts), jsonb_build_object('deleted', true)
      from accounts a where a.id = in_account_id;
    return write_position();
end;
$$;
