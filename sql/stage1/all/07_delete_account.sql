set role billing_owner;
create or replace function billing.delete_home_account(in_account_id bigint)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.delete_home_account(1)
--
--   Marks an account deleted at its home node, which alone writes its row.
--   Peers call it for public.delete_account.
--
-- Locks     row of accounts
-- Writes    accounts
-- Raises    GB002 not found, GB003 deleted before, GB004 its home is elsewhere
-- ---------------------------------------------------------------------------
begin
    perform require_local_node((in_account_id % 64)::integer);
    update accounts set is_deleted = true where id = in_account_id and not is_deleted;
    if not found then
        perform open_account_row(in_account_id);
    end if;
end;
$$;

create or replace function public.delete_account(p_account_id bigint)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- delete_account(1)
--
--   Soft deletion, on every node. Where the account's home is another node the
--   deletion commits there at once, whatever becomes of the caller's
--   transaction, and is seen here when it has been replicated. Until then
--   other nodes still accept operations on the account.
--
-- Writes    accounts, at the home node
-- Raises    GB002 not found, GB003 deleted before
--           GB007 the home node cannot be reached, GB015 it did not answer
-- ---------------------------------------------------------------------------
declare
    home integer := p_account_id % 64;
begin
    if home = local_node_id() then
        perform delete_home_account(p_account_id);
    elsif exists (select from node_config where node_id = home) then
        perform query_node(public.connect_to_node(home),
                           format('select billing.delete_home_account(%s)::text', p_account_id));
    else
        raise exception 'account % is not known here', p_account_id using errcode = 'GB002';
    end if;
end;
$$;
reset role;
