create or replace function billing.execute_pay_outs(in_requests jsonb, in_may_drain boolean default false)
returns jsonb
language sql
volatile
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.execute_pay_outs(2)
--
--   Pay-outs that another node was asked for and whose keys have their home here:
--   decided as this node's own. Called as billing_peer.
--
-- Parameters
--   in_requests  an array of {tenant, client_id, key, fingerprint (hex), earlier_fingerprints
--                (array of hex), account_id, amount_minor, currency, deadline_ms, reference,
--                metadata (text), charge, up_to}; numbers as decimal strings
--   in_may_drain of billing.execute_drain alone: not heard from other nodes
-- Returns   for each, in their order, the row of billing.pay_out; short is what this
--           part does not cover: nothing was put down, see billing.execute_drain
-- Locks, Writes, Raises  as billing.pay_out
-- ---------------------------------------------------------------------------
    with requests as materialized (
        select r.*, r.ordinality::integer as i
          from rows from (jsonb_to_recordset(in_requests)
                   as (tenant text, client_id text, key text, fingerprint text, earlier_fingerprints jsonb, account_id bigint,
                       amount_minor bigint, currency text, deadline_ms integer, reference text, metadata text, charge jsonb,
                       up_to jsonb))
                   with ordinality r
    ), earlier as materialized (
        select array_agg(r.i order by r.i, e.n) as indexes, array_agg(decode(e.hex, 'hex') order by r.i, e.n) as fingerprints
          from requests r, jsonb_array_elements_text(r.earlier_fingerprints) with ordinality e (hex, n)
    ), arguments as materialized (
        select array_agg(r.client_id order by r.i) as client_ids, array_agg(r.key order by r.i) as keys,
               array_agg(decode(r.fingerprint, 'hex') order by r.i) as fingerprints,
               array_agg(r.account_id order by r.i) as account_ids, array_agg(r.amount_minor order by r.i) as amounts_minor,
               array_agg(r.currency order by r.i) as currencies, array_agg(in_may_drain and caller_node_id() = local_node_id()) as may_drain,
               array_agg(r.deadline_ms order by r.i) as deadlines_ms, array_agg(r.reference order by r.i) as reference_texts,
               array_agg(r.metadata order by r.i) as metadata, array_agg(r.tenant order by r.i) as tenants,
               case when count(r.charge) > 0 then array_agg(r.charge order by r.i) end as charges,
               case when count(r.up_to) > 0 then array_agg(r.up_to order by r.i) end as up_tos
          from requests r
    )
    select coalesce(jsonb_agg(to_jsonb(p) || jsonb_build_object('local_minor', p.local_minor::text) order by p.ordinal), '[]')
      from arguments a, earlier e,
           pay_out(a.client_ids, a.keys, a.fingerprints, a.account_ids, a.amounts_minor, a.currencies, a.may_drain, a.deadlines_ms,
                   a.reference_texts, a.metadata, e.indexes, e.fingerprints, a.tenants, a.charges, a.up_tos) p
     where a.keys is not null;
$$;
