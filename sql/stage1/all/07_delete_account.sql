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
--   Peers call it for billing.delete_account.
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
--   billing.delete_account for people with psql: soft deletion, on every node.
--   Where the account's home is another node the
--   deletion commits there at once, whatever becomes of the caller's
--   transaction, and is seen here when it has been replicated. Until then
--   other nodes still accept operations on the account.
--
-- Writes    accounts, at the home node
-- Raises    GB002 not found, GB003 deleted before
--           GB007 the home node did not answer: it may have happened, ask again
-- ---------------------------------------------------------------------------
declare
    outcome record := billing.delete_account(p_account_id);
begin
    case outcome.status
        when 'deleted' then
            raise notice 'Account % deleted', p_account_id;
        when 'not_found' then
            raise exception 'account % is not known', p_account_id using errcode = 'GB002';
        when 'already_deleted' then
            raise exception 'account % is deleted', p_account_id using errcode = 'GB003';
        when 'home_unreachable' then
            raise exception 'node %, the home of account %, does not answer', outcome.home_node_id, p_account_id
                using errcode = 'GB007', hint = 'It may have happened nevertheless: ask again.';
    end case;
end;
$$;
reset role;
