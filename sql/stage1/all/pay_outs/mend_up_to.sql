create or replace function billing.mend_up_to(
    in_statuses       text[],
    in_ids            uuid[],
    in_paying         bigint[],
    in_amounts_minor  bigint[],
    in_up_tos         jsonb[]
)
returns void
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: what billing.pay_out has put down as pay-outs of exact amounts, and are to take what there is, up to that: with what they
-- were asked for, and, paid from here alone, what they paid. Writes pay_outs.
    update pay_outs p
       set amount_minor = r.paying,
           -- Null says: this node, all of it.
           taken_nodes = case when r.paying = 0 then '{}'::integer[] end, taken_minor = case when r.paying = 0 then '{}'::bigint[] end,
           up_to = case r.status when 'committed' then told_up_to(a.asked, r.paying, r.paying < r.amount_minor, '{}') else a.asked end
      from unnest(in_statuses, in_ids, in_paying, in_amounts_minor, in_up_tos) as r (status, id, paying, amount_minor, up_to)
     cross join lateral (select jsonb_build_object('up_to_minor', r.amount_minor::text, 'minimum_minor', r.up_to ->> 'minimum_minor') as asked) a
     where r.up_to is not null and r.status in ('committed', 'begun') and p.id = r.id;
$$;

create or replace function billing.told_up_to(in_up_to jsonb, in_paid_minor bigint, in_is_exhausted boolean, in_unreachable_nodes integer[])
returns jsonb
language sql
immutable
as $$
-- Internal: what a committed pay-out up to an amount says of itself (docs/drain.md). No settings, so that it is inlined.
    select in_up_to || jsonb_build_object('amount_minor', in_paid_minor::text, 'is_exhausted', in_is_exhausted,
                                          'unreachable_nodes', to_jsonb(in_unreachable_nodes));
$$;
