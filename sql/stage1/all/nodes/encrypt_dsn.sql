create or replace function billing.encrypt_dsn(in_dsn text)
returns bytea
language sql volatile
set search_path = billing, pg_temp
as $$
-- Internal: with the key as it is, for the pipeline.
    select public.pgp_sym_encrypt(in_dsn, public.get_encryption_key(), 'cipher-algo=aes256, s2k-digest-algo=sha256')
$$;
