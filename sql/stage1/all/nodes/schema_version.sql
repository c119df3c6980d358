create or replace function billing.schema_version()
returns integer
language sql immutable parallel safe
as $$
-- What apps compare at boot with the version they were built for. Raise it with every change of a
-- function's signature, of a status or of a table that an app can see.
    select 5
$$;
