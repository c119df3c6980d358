create or replace function billing.newest_schema_version()
returns integer
language sql immutable parallel safe
as $$
-- The version of the SQL itself. Raise it with every change of a function's signature, of a status or of a table that an
-- app or another node can see; what the version before had stays for one more (docs/adr/0028).
    select 10
$$;
