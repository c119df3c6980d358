create or replace function billing.untended_after()
returns interval
language sql
immutable
as $$
-- How long past its deadline a pending pay-out is still taken to be looked after, here or at the node that told of it: recovery
-- ends it before (late_after). No settings, so that it is inlined.
    select interval '2 seconds'
$$;
