create or replace function billing.minor_max()
returns bigint
language sql
immutable
as $$
-- The most that a balance can hold. No settings, so that it is inlined.
    select 9223372036854775807
$$;
