create or replace function billing.delete_home_account(
    in_account_id  bigint,
    in_client_id   text,
    in_reason      text,
    in_left_minor  numeric
)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.delete_home_account(4)
--
--   Marks an account deleted at its home node, which alone writes its row, and
--   keeps who did it. Peers call it for billing.delete_account, which has looked
--   at all parts.
--
-- Parameters
--   in_left_minor  what was in it, as the caller knew; zero where it was not forced
-- Locks     row of accounts
-- Writes    accounts, account_acts
-- Raises    GB002 not found, GB003 deleted before, GB004 its home is elsewhere
-- ---------------------------------------------------------------------------
begin
    perform require_local_node((in_account_id % 64)::integer);
    update accounts set is_deleted = true where id = in_account_id and not is_deleted;
    if not found then
        perform open_account_row(in_account_id);
    end if;
    insert into account_acts (id, account_id, tenant, act, client_id, reason, left_minor)
    values (gen_random_uuid(), in_account_id, (select a.tenant from accounts a where a.id = in_account_id), 'delete', in_client_id, left(btrim(in_reason), 500), in_left_minor);
end;
$$;
