create or replace function public.add_account(p_username text, p_currency text default 'USD')
returns bigint
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- add_account(2)
--
--   billing.create_account for people with psql; works on every node.
--
-- Returns   account id
-- Raises    GB008 no name, GB005 unknown currency
-- ---------------------------------------------------------------------------
declare
    new_id constant bigint := billing.create_account(p_username, p_currency);
begin
    raise notice 'Account % added with id %', p_username, new_id;
    return new_id;
end;
$$;
