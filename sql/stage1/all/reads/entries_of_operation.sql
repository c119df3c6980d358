create or replace function billing.entries_of_operation(
    in_account_id  bigint,
    in_ms          bigint,
    in_id          uuid,
    in_slot        integer,
    in_packed      billing.entries[],
    out type          text,
    out amount_minor  numeric,
    out reference     text,
    out entries       jsonb,
    out entry_types   text[]
)
returns setof record
language sql
stable
as $$
-- ---------------------------------------------------------------------------
-- billing.entries_of_operation(5)
--
--   Internal: what is known here of the entries of an operation that stands there, as
--   billing.list_operations has it.
--
-- Parameters
--   in_packed  entries of the account that are not rows of the log yet
-- Returns    one row
--   No settings, so that it is inlined: a page then has one plan.
-- ---------------------------------------------------------------------------
    select billing.operation_kind(min(e.operation_type), in_id), sum(e.amount_minor),
           -- Not of what gave a pay-out back.
           min(e.reference) filter (where e.operation_type <> 'correction' or billing.ms_of_id(in_id) is null),
           jsonb_agg(jsonb_build_object('node_id', e.node_id, 'type', e.operation_type, 'amount_minor', e.amount_minor::text,
                                        'at', e.created_at) order by e.created_at, e.node_id, e.id),
           array_agg(distinct e.operation_type::text)
      from (select l.* from billing.transaction_log l
             where l.operation_id = in_id and l.operation_type in ('pay_in', 'transfer_in') and l.account_id = in_account_id
               -- A command id is any UUID, that of another operation, too.
               and case l.operation_type when 'pay_in' then l.node_id = in_slot and billing.ms_of_time(l.created_at) = in_ms
                                         else in_slot = 0 end
            union all
            -- Many pay-ins may be of one millisecond: by their ids alone.
            select l.* from billing.transaction_log l
             where not exists (select from billing.transaction_log o
                                where o.operation_id = in_id and o.node_id = in_slot and o.operation_type = 'pay_in'
                                  and o.account_id = in_account_id and billing.ms_of_time(o.created_at) = in_ms)
               and l.account_id = in_account_id and l.created_at >= billing.time_of_ms(in_ms)
               and l.created_at < billing.time_of_ms(in_ms + 1)
               and l.operation_id = in_id and l.operation_type <> 'pay_in'
               and billing.operation_slot(l.operation_type, l.operation_id, l.node_id) = in_slot
               and billing.is_single(l.operation_type, l.operation_id, l.created_at)
            union all
            select l.* from billing.transaction_log l
             where in_slot = 0 and l.account_id = in_account_id
               and billing.operation_ms(l.operation_type, l.operation_id, l.created_at) = in_ms and l.operation_id = in_id
               and billing.is_spread(l.operation_type, l.operation_id, l.created_at)
            union all
            select p.* from unnest(in_packed) p
             where p.operation_id = in_id and billing.operation_slot(p.operation_type, p.operation_id, p.node_id) = in_slot
               and (p.operation_type = 'transfer_in'
                    or billing.operation_ms(p.operation_type, p.operation_id, p.created_at) = in_ms)) e
    having count(*) > 0;
$$;

create or replace function billing.keys_of_entries(
    in_entries   billing.entries[],
    in_begin_ms  bigint,
    in_before    billing.operation_key,
    in_types     text[],
    in_node_id   integer
)
returns billing.operation_key[]
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: which operations some entries make known, as billing.list_operations bounds them. What arrives of a transfer does not.
    select coalesce(array_agg(k), '{}')
      from unnest(in_entries) e
     cross join lateral (select operation_ms(e.operation_type, e.operation_id, e.created_at) as ms, e.operation_id as id,
                                operation_slot(e.operation_type, e.operation_id, e.node_id) as slot) s
     cross join lateral (select row(s.ms, s.id, s.slot)::operation_key as k) r
     where e.operation_type <> 'transfer_in' and s.ms >= in_begin_ms
       and (s.ms, s.id, s.slot) < (in_before.ms, in_before.id, in_before.slot)
       and (in_types is null or operation_kind(e.operation_type, e.operation_id) = any (in_types))
       and (in_node_id is null or e.node_id = in_node_id
            or e.operation_type = 'transfer_out' and has_arrived_at(in_node_id, e.operation_id));
$$;
