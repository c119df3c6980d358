create or replace function billing.after_uuid(in_after text)
returns uuid
language sql
immutable
as $$
-- Internal: where a walk in order of uuid goes on; '' from the beginning. No settings, so that it is inlined.
    select coalesce(nullif(in_after, ''), '00000000-0000-0000-0000-000000000000')::uuid
$$;
