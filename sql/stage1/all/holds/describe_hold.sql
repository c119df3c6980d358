create or replace function billing.describe_hold(in_hold_id uuid)
returns jsonb
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.describe_hold(1)
--
--   A hold of this node, as it knows it: {hold_id, tenant, account_id, amount_minor,
--   currency, state: pending, rejected, open, voided, over, rejection, reference,
--   metadata, created_at, decided_at, ends_at: by this node's clock, ended_at,
--   refunded_minor: of its captures, refunds: as billing.refunds_of, parts:
--   [{node_id, amount_minor, captured_minor, unknown_minor: asked for by captures and
--   not answered, held_minor, returning_minor: given back, or about to be, as its node
--   has not said, returned_minor}] in order of node}; amounts, the account's id and
--   metadata, which is JSON text, are strings. Null: not kept here.
-- ---------------------------------------------------------------------------
begin
    return (select jsonb_build_object(
        'hold_id', p.id, 'tenant', p.tenant, 'account_id', p.account_id::text, 'amount_minor', p.amount_minor::text,
        'currency', a.currency, 'state', coalesce(h.state::text, p.status::text), 'rejection', p.rejection, 'reference', p.reference,
        'metadata', p.metadata::text, 'created_at', p.created_at, 'decided_at', p.decided_at, 'ends_at', h.ends_at,
        'ended_at', h.ended_at, 'refunded_minor', p.refunded_minor::text,
        'refunds', case when p.refunded_minor > 0 then refunds_of(p.id) else '[]' end,
        'parts', case when h.id is null then '[]' else (
            select jsonb_agg(jsonb_build_object(
                       'node_id', t.node_id, 'amount_minor', t.minor::text, 'captured_minor', t.captured::text,
                       'unknown_minor', t.unknown::text,
                       'held_minor', case when h.state = 'open' and not t.is_over then t.rest else 0 end::text,
                       'returning_minor', case when h.state <> 'open' and not t.is_over then t.rest else 0 end::text,
                       'returned_minor', case when t.is_over then t.rest else 0 end::text) order by t.node_id)
              from hold_by_node(p, h) t) end)
      from pay_outs p
      left join holds h on h.id = p.id
      left join accounts a on a.id = p.account_id
     where p.id = in_hold_id and p.held_for_ms is not null);
end;
$$;

create or replace function billing.hold_by_node(in_pay_out billing.pay_outs, in_hold billing.holds)
returns table (node_id integer, minor bigint, captured bigint, unknown bigint, rest bigint, is_over boolean)
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what of a hold was authorised at each node, what of it captures have got, what they have asked for without an answer,
-- and the rest, as home knows it. is_over: the rest was given back, by the node's word.
    select t.node_id, t.minor, coalesce(a.captured, 0)::bigint, coalesce(a.unknown, 0)::bigint,
           (t.minor - coalesce(a.captured, 0) - coalesce(a.unknown, 0))::bigint,
           coalesce(a.is_over, false) or t.node_id = local_node_id() and in_hold.state <> 'open'
      from unnest(in_pay_out.taken_nodes, in_pay_out.taken_minor) as t (node_id, minor)
     cross join lateral (
           select sum(s.got_minor) filter (where o.kind = 'capture' and s.answered_at is not null) as captured,
                  sum(s.minor) filter (where o.kind = 'capture' and s.answered_at is null) as unknown,
                  bool_or(s.is_over) as is_over
             from hold_asks s join hold_operations o on o.id = s.operation_id
            where s.hold_id = in_hold.id and s.node_id = t.node_id) a;
$$;
