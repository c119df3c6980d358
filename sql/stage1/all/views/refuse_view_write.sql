create or replace function billing.refuse_view_write(in_view text, in_why text, in_hint text)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: raises GB021, saying why a view cannot be written this way and what does it instead.
begin
    raise exception '%: %', in_view, in_why using errcode = 'GB021', hint = in_hint;
end;
$$;
