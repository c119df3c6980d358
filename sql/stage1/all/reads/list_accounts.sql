create or replace function billing.list_accounts(
    in_search    jsonb,
    in_after_id  bigint,
    in_limit     integer,
    in_tenants   text[] default '{default}'
)
returns table (id bigint, username text, currency char(3), is_deleted boolean, created_at timestamptz, tenant text,
               debits_frozen boolean, credits_frozen boolean)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_accounts(4)
--
--   Accounts as this node knows them, a page at a time. Each tenant's are read in the
--   order of an index (tables/keep_account_states.sql), so that a page costs what it
--   has, however many there are; but what is left out for its currency, and for its
--   time beside a name, is read, too.
--
-- Parameters
--   in_search    {username, exactly; prefix, of the username; state: open, frozen or
--                deleted; created_from; created_to, not included; currency}, each may
--                lack
--   in_after_id  null for the first page, then the last id of the page before
--   in_tenants   as of billing.get_account
-- Returns   at most in_limit rows: by username, as bytes, where one is asked for, else
--           by the time of opening; then by id
-- Raises    GB002 in_after_id is not known here
-- ---------------------------------------------------------------------------
declare
    sort     constant text := case when in_search ?| '{username,prefix}' then 'username collate "C"' else 'created_at' end;
    tenants  constant text[] := coalesce(in_tenants, tenants_of_accounts());
begin
    if not exists (select from accounts a where a.id = in_after_id) and in_after_id is not null then
        raise exception 'account % is not known here', in_after_id using errcode = 'GB002';
    end if;
    return query execute format(
        'select r.id, r.username, r.currency, r.is_deleted, r.created_at, r.tenant, r.debits_frozen, r.credits_frozen
           from unnest($1) t (tenant)
          cross join lateral (select a.* from accounts a where a.tenant = t.tenant %s order by a.%s, a.id limit $2) r
          order by r.%2$s, r.id limit $2',
        -- What is not asked for is null.
        (select string_agg(' and ' || c, '') from unnest(array[
             'a.username collate "C" = ' || quote_literal(in_search ->> 'username'),
             'a.username collate "C" like ' || quote_literal(regexp_replace(in_search ->> 'prefix', '([\\%_])', '\\\1', 'g') || '%'),
             case in_search ->> 'state' when 'deleted' then 'a.is_deleted'
                                        when 'frozen' then '(a.debits_frozen or a.credits_frozen) and not a.is_deleted'
                                        when 'open' then 'not a.debits_frozen and not a.credits_frozen and not a.is_deleted' end,
             'a.created_at >= ' || quote_literal(in_search ->> 'created_from'),
             'a.created_at < ' || quote_literal(in_search ->> 'created_to'),
             'a.currency = ' || quote_literal(in_search ->> 'currency'),
             '(a.' || sort || ', a.id) > ((select x.' || sort || ' from accounts x where x.id = ' || in_after_id || '), ' || in_after_id || ')'
         ]) c),
        sort)
      using tenants, in_limit;
end;
$$;

create or replace function billing.tenants_of_accounts()
returns text[]
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: whoever has one, each by a look into the index.
    with recursive known as (
        (select a.tenant from accounts a order by a.tenant limit 1)
        union all
        select (select a.tenant from accounts a where a.tenant > k.tenant order by a.tenant limit 1) from known k where k.tenant is not null
    )
    select coalesce(array_agg(k.tenant), '{}') from known k where k.tenant is not null;
$$;
