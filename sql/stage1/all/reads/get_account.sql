create or replace function billing.get_account(in_account_id bigint)
returns table (id bigint, username text, currency char(3), is_deleted boolean, created_at timestamptz)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.get_account(1)
--
--   An account as this node knows it, deleted ones too.
--
-- Returns   one row, or none: not opened, or not replicated to this node yet
-- ---------------------------------------------------------------------------
    select a.id, a.username, a.currency, a.is_deleted, a.created_at
      from accounts a where a.id = in_account_id;
$$;
