-- Goes before every transcript: one transaction that is never committed, in which an error undoes only
-- its own statement; ids from the start; three nodes, of which 2 and 3 do not answer.
\set ON_ERROR_ROLLBACK on
\set VERBOSITY sqlstate
\pset pager off
set client_min_messages = warning;
set timezone = 'UTC';
begin;
alter sequence billing.account_id_seq restart;
alter sequence billing.entry_id_seq restart;
insert into billing.node_config (node_id, encrypted_dsn)
select n, public.pgp_sym_encrypt(format('host=127.0.0.1 port=1 user=billing_peer password=x%s connect_timeout=2', n),
                                 public.get_encryption_key())
  from generate_series(2, 3) n;
\set QUIET off
\set ECHO all
