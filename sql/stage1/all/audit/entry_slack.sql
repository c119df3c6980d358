create or replace function billing.entry_slack()
returns interval
language sql
immutable
as $$
-- How far an entry's date may be from the moment that another row tells of the same act: entries are dated by the
-- beginning of their transactions, which last seconds at most; clocks are set right, too. No settings, so that it is
-- inlined.
    select interval '30 seconds'
$$;
