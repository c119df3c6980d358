-- Owned by whoever runs the pipeline: only a superuser may read files of the server. Its setting is
-- taken from the server now (re-run the pipeline after a change), so that no caller can point it elsewhere.
select set_config('billing.pgcrypto_key_file',
                  coalesce(nullif(current_setting('billing.pgcrypto_key_file', true), ''), '/pgcrypto_key.txt'),
                  false);
create or replace function public.get_encryption_key()
returns text
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set billing.pgcrypto_key_file from current
as $$
-- ---------------------------------------------------------------------------
-- get_encryption_key()
--
--   The key that the DSNs of node_config are encrypted with. Callable by
--   billing_owner alone, whose helpers need it.
--
-- Returns   content of the key file without the white space around it
-- Raises    GB013 no key file, or nothing in it
-- ---------------------------------------------------------------------------
declare
    key text;
begin
    begin
        key := btrim(pg_read_file(current_setting('billing.pgcrypto_key_file')), E' \t\r\n');
    exception when others then
        raise exception 'the encryption key cannot be read'
            using errcode = 'GB013', detail = sqlerrm,
                  hint = 'The server setting billing.pgcrypto_key_file names the file.';
    end;
    if key = '' then
        raise exception 'the encryption key is empty'
            using errcode = 'GB013', detail = current_setting('billing.pgcrypto_key_file');
    end if;
    return key;
end;
$$;
create or replace function public.get_previous_encryption_key()
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set billing.pgcrypto_key_file from current
as $$
-- The key before, in the file of that name with .previous behind it, while the key is being changed; null without it.
    select nullif(btrim(pg_read_file(current_setting('billing.pgcrypto_key_file') || '.previous', 0, 1048576, true), E' \t\r\n'), '')
$$;
revoke all on function public.get_encryption_key(), public.get_previous_encryption_key() from public;

-- pgcrypto_key.txt of this repository is known to everyone: compared as this server sees it.
do $$ begin
    if current_setting('billing_setup.production')::boolean
       and encode(sha256(convert_to(public.get_encryption_key(), 'UTF8')), 'hex')
           = '013326b4af45566d161e94e5af9f2feb692a9c8cbf19e148a245c253c9a54473' then
        raise exception 'NODE_ENV is production and the encryption key of this server is the development key of pgcrypto_key.txt'
            using errcode = 'GB013',
                  hint = 'Put a key of your own into the file that billing.pgcrypto_key_file names.';
    end if;
end $$;
