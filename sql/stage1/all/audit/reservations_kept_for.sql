create or replace function billing.reservations_kept_for()
returns interval
language sql
immutable
as $$
-- For how long the auditor counts on closed reservations: the shortest time for which they are kept is a day. No
-- settings, so that it is inlined.
    select interval '20 hours'
$$;
