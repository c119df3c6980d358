create or replace function billing.create_account(in_username text, in_currency text, in_tenant text default 'default')
returns bigint
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.create_account(3)
--
--   A new account whose home is this node (its id says so: id % 64), with its
--   balance row here. The other nodes make their rows when the account reaches them.
--
-- Returns   account id
-- Writes    accounts, account_balances
-- Raises    GB008 no name, GB005 unknown currency
-- ---------------------------------------------------------------------------
declare
    new_id bigint;
begin
    if in_username is null or btrim(in_username) = '' then
        raise exception 'an account needs a name' using errcode = 'GB008';
    end if;
    if not exists (select from currencies where code = in_currency) then
        raise exception 'unknown currency %', in_currency using errcode = 'GB005';
    end if;
    insert into accounts (username, currency, tenant) values (in_username, in_currency, in_tenant) returning id into new_id;
    insert into account_balances (account_id, node_id) values (new_id, local_node_id());
    return new_id;
end;
$$;
