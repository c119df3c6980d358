create or replace function billing.decrypt_dsn(in_cipher bytea, in_key text)
returns text
language plpgsql stable
set search_path = billing, pg_temp
as $$
-- Internal: the DSN; null if the key does not fit, or there is none.
begin
    return public.pgp_sym_decrypt(in_cipher, in_key);
exception when external_routine_invocation_exception then
    return null;
end;
$$;

create or replace function billing.decrypt_dsn(in_cipher bytea)
returns text
language sql stable
set search_path = billing, pg_temp
as $$
-- Internal: by the key as it is, else by the one before; null if neither fits. Raises GB013 without a key.
    select coalesce(decrypt_dsn(in_cipher, public.get_encryption_key()), decrypt_dsn(in_cipher, public.get_previous_encryption_key()))
$$;
