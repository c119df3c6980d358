create or replace function billing.move_refunds(in_limit integer, in_timeout_ms integer, out moved integer, out open integer)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.move_refunds(2)
--
--   Refunds of pay-outs that were given back here (billing.undo_duplicates), made of the
--   ones that stand for them: their nodes are asked until they have answered. Who was
--   asked once is asked again until it says that its pay-out was given back, too: only
--   then the next one, so that no refund is made of two (docs/refunds.md).
--
-- Parameters
--   in_limit       refunds at most
--   in_timeout_ms  how long the other nodes have
-- Returns
--   moved  that have ended
--   open   that were tried and have not: asked again after ten seconds
-- Locks     rows of moved_refunds, after the answers
-- Writes    moved_refunds, node_breakers
-- Raises    GB013 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    chosen  moved_refunds[];
    nodes   integer[];
    queries text[];
    told    jsonb := '{}';
begin
    chosen := array(select m from moved_refunds m where m.moved_minor is null and m.tried_at < clock_timestamp() - moved_after()
                     order by m.tried_at, m.refund_id limit in_limit);
    select array_agg(q.node_id), array_agg(format('select billing.take_moved_refunds(%L)::text', q.requests)) into nodes, queries
      from (select pay_out_node_id(c.to_id) as node_id, jsonb_agg(jsonb_build_object(
                       'refund_id', r.id, 'pay_out_id', c.to_id, 'tenant', r.tenant, 'client_id', r.client_id,
                       'fingerprint', encode(r.fingerprint, 'hex'), 'amount_minor', r.amount_minor::text,
                       'reference', r.reference, 'metadata', r.metadata::text) order by r.id) as requests
              from unnest(chosen) c join refunds r on r.id = c.refund_id group by 1) q
     where exists (select from node_config n where n.node_id = q.node_id and q.node_id <> local_node_id());
    if nodes is not null then
        told := (select coalesce(jsonb_object_agg(v ->> 'refund_id', v) filter (where v is not null), '{}')
                   from ask_nodes(nodes, queries, in_timeout_ms) a
                   left join lateral jsonb_array_elements(case when a.status = 'answered' then a.answer::jsonb end) v on true);
    end if;
    with tried as (
        update moved_refunds m
           set tried_at = clock_timestamp(), moved_minor = (v.verdict ->> 'moved_minor')::bigint,
               to_id = coalesce((v.verdict ->> 'duplicate_of')::uuid, m.to_id),
               detail = case when v.verdict is null then 'no answer'
                             else nullif(concat_ws(' ', v.verdict ->> 'status', v.verdict ->> 'code', v.verdict ->> 'message'), 'moved') end
          from unnest(chosen) c
         cross join lateral (select told -> c.refund_id::text as verdict) v
         where m.refund_id = c.refund_id and m.moved_minor is null and m.to_id = c.to_id
        returning m.moved_minor
    )
    select count(*) filter (where t.moved_minor is not null), count(*) filter (where t.moved_minor is null)
      into moved, open from tried t;
end;
$$;

create or replace function billing.moved_after()
returns interval
language sql
immutable
as $$
-- Internal: how long a refund that could not be moved waits for its next try.
    select interval '10 seconds';
$$;
