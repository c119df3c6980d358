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
select n, public.pgp_sym_encrypt(format('host=127.0.0.1 port=1 user=billing_peer_1 password=x%s connect_timeout=2', n),
                                 public.get_encryption_key())
  from generate_series(2, 3) n;
-- Calls billing.apply_pay_ins with a batch written as JSON. A message is {"o": offset, "c": command
-- number, "a": account, "m": minor units, "cur", "ref", "meta", "violation": [reason, detail], "k": key,
-- "v": value}; key and value may be null.
create function pg_temp.uuid_of(n integer) returns uuid language sql strict
as $$ select format('00000000-0000-7000-8000-%s', lpad(n::text, 12, '0'))::uuid $$;

create function pg_temp.apply(in_epoch bigint, in_first bigint, in_next bigint, in_messages jsonb)
returns table (status text, next_offset bigint, applied integer, duplicates integer, parked integer,
               dead integer, detail text)
language sql as $$
    with message as (
        select m, i::integer as i from jsonb_array_elements(in_messages) with ordinality as t (m, i)
    )
    select r.*
      from (select array_agg((m->>'o')::bigint order by i) as offsets,
                   array_agg(pg_temp.uuid_of((m->>'c')::integer) order by i) as commands,
                   array_agg((m->>'a')::bigint order by i) as accounts,
                   array_agg((m->>'m')::bigint order by i) as amounts,
                   array_agg(coalesce(m->>'cur', case when m ? 'a' then 'USD' end) order by i) as currencies,
                   array_agg(m->>'ref' order by i) as refs,
                   array_agg(i order by i) filter (where m ? 'meta') as meta_indexes,
                   array_agg(m->'meta' order by i) filter (where m ? 'meta') as metas,
                   array_agg(i order by i) filter (where m ? 'violation') as violation_indexes,
                   array_agg((m->'violation'->>0)::billing.dead_letter_reason order by i) filter (where m ? 'violation') as reasons,
                   array_agg(m->'violation'->>1 order by i) filter (where m ? 'violation') as details,
                   string_agg(convert_to(coalesce(m->>'k', '') || coalesce(m->>'v', ''), 'UTF8'), ''::bytea order by i) as payload,
                   array_agg(coalesce(octet_length(m->>'k'), -1) order by i) as key_sizes,
                   array_agg(coalesce(octet_length(m->>'v'), -1) order by i) as value_sizes
              from message) b,
           lateral billing.apply_pay_ins('billing.payin', 0, in_epoch, in_first, in_next, b.offsets, b.commands,
               b.accounts, b.amounts, b.currencies, b.refs, b.meta_indexes, b.metas, b.violation_indexes, b.reasons,
               b.details, b.payload, b.key_sizes, b.value_sizes) r
$$;
\set QUIET off
\set ECHO all
