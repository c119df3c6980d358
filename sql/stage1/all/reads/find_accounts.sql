create or replace function billing.find_accounts(
    in_username  text,
    in_after_id  bigint,
    in_limit     integer,
    in_tenants   text[] default '{default}'
)
returns table (id bigint, username text, currency char(3), is_deleted boolean, created_at timestamptz, tenant text,
               debits_frozen boolean, credits_frozen boolean)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.find_accounts(4)
--
--   Accounts of exactly this username, a page at a time: names are not unique.
--
-- Parameters
--   in_tenants   as of billing.get_account
--   in_after_id  null for the first page, then the last id of the page before
-- Returns   rows in order of id, at most in_limit, deleted accounts too
-- ---------------------------------------------------------------------------
    select a.id, a.username, a.currency, a.is_deleted, a.created_at, a.tenant, a.debits_frozen, a.credits_frozen
      from accounts a
     where a.username = in_username
       and (in_tenants is null or a.tenant = any (in_tenants))
       and (in_after_id is null or a.id > in_after_id)
     order by a.id
     limit in_limit;
$$;
