create or replace function billing.after_account(in_after text)
returns bigint
language sql
immutable
as $$
-- Internal: where a walk over accounts goes on; '' from the beginning. No settings, so that it is inlined.
    select coalesce(nullif(in_after, '')::bigint, -1)
$$;
