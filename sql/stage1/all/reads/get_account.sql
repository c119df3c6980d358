create or replace function billing.get_account(in_account_id bigint, in_tenants text[] default '{default}')
returns table (id bigint, username text, currency char(3), is_deleted boolean, created_at timestamptz, tenant text,
               debits_frozen boolean, credits_frozen boolean)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.get_account(2)
--
--   An account as this node knows it, deleted ones too.
--
-- Parameters
--   in_tenants  whose accounts the caller may see; null: all
-- Returns   one row, or none: not opened, not replicated to this node yet, or not theirs
-- ---------------------------------------------------------------------------
    select a.id, a.username, a.currency, a.is_deleted, a.created_at, a.tenant, a.debits_frozen, a.credits_frozen
      from accounts a where a.id = in_account_id and (in_tenants is null or a.tenant = any (in_tenants));
$$;
