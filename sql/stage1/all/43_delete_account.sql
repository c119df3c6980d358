set role billing_owner;
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
    asked text;
begin
    home_node_id := in_account_id % 64;
    if home_node_id = local_node_id() then
        perform delete_home_account(in_account_id);
    elsif exists (select from accounts where id = in_account_id and is_deleted) then
        status := 'already_deleted';   -- for good, so the replica is to be trusted
        return;
    elsif not exists (select from node_config n where n.node_id = delete_account.home_node_id) then
        status := 'not_found';
        return;
    else
        asked := (ask_node(home_node_id,
                           format('select billing.delete_home_account(%s)::text', in_account_id),
                           in_timeout_ms)).status;
        if asked <> 'answered' then
            status := 'home_unreachable';
            return;
        end if;
    end if;
    status := 'deleted';
exception
    when sqlstate 'GB002' then status := 'not_found';
    when sqlstate 'GB003' then status := 'already_deleted';
end;
$$;
reset role;
