set role billing_owner;
create or replace function billing.delete_home_account(in_account_id bigint)
returns text
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.delete_home_account(1)
--
--   Deletes an account, softly, at its home node: the only writer of its row.
--   Money it still has stays where it is. Other nodes accept operations on it
--   until the deletion has replicated. Also called by peers.
--
-- Returns   deleted · already_deleted · not_found (or its home is elsewhere)
-- Locks     row of accounts
-- Writes    accounts
-- Raises    –
-- ---------------------------------------------------------------------------
begin
    if in_account_id % 64 <> local_node_id() then
        return 'not_found';
    end if;
    update accounts set is_deleted = true where id = in_account_id and not is_deleted;
    if found then
        return 'deleted';
    elsif exists (select from accounts where id = in_account_id) then
        return 'already_deleted';
    end if;
    return 'not_found';
end;
$$;

create or replace function billing.delete_account(
    in_account_id     bigint,
    in_timeout_ms     integer default 5000,
    out status        text,
    out home_node_id  integer
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.delete_account(2)
--
--   Deletes an account from any node: the home node does it, asked over dblink
--   when that is another one. A repeat is harmless.
--
-- Parameters
--   in_timeout_ms  how long to wait for another home node's answer
-- Returns
--   status        deleted · already_deleted · not_found · home_unreachable (it
--                 may have happened nevertheless: ask again)
--   home_node_id  the account's home, as its id tells
-- Locks     row of accounts, at the home node
-- Writes    accounts there; node_breakers here
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    asked record;
begin
    home_node_id := in_account_id % 64;
    if home_node_id = local_node_id() then
        status := delete_home_account(in_account_id);
    elsif exists (select from accounts where id = in_account_id and is_deleted) then
        status := 'already_deleted';   -- for good, so the replica is to be trusted
    elsif not exists (select from node_config n where n.node_id = delete_account.home_node_id) then
        status := 'not_found';
    else
        asked := ask_node(home_node_id,
                          format('select billing.delete_home_account(%s)', in_account_id), in_timeout_ms);
        status := case asked.status when 'answered' then asked.answer else 'home_unreachable' end;
    end if;
end;
$$;
reset role;
