create or replace function billing.late_after()
returns interval
language sql
immutable
as $$
-- How long past its deadline whoever ran a drain is taken to be gone, and recovery ends it. No settings, so that it is
-- inlined.
    select interval '1 second'
$$;
