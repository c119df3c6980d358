create or replace function billing.note_duplicate_pay_ins(in_command_ids uuid[], in_looks_at_packed boolean)
returns void
language sql
volatile
set search_path = billing, pg_temp
set plan_cache_mode = force_custom_plan   -- one id, or 20,000
as $$
-- Internal: which of these commands this node and another one have both credited. The earlier stands, of two at one moment the
-- lower node's, so that whoever finds a pair says the same. Of what arrived billing.unpack_batches asks, with its rows made, of this
-- node's own billing.seal_batches, which also looks at what is still packed: whichever of the two comes later sees the pair, though
-- neither waits for the other (tests/models/repeated-pay-ins.spec.ts). Writes duplicate_pay_ins.
    with own as materialized (
        select o.* from (select distinct c from unnest(in_command_ids) c) c
          join transaction_log o on o.operation_id = c.c and o.node_id = local_node_id() and o.operation_type = 'pay_in'
    ), other as (
        select l.operation_id, l.node_id, l.account_id, l.amount_minor, l.created_at, l.reference
          from own o
          join transaction_log l on l.operation_id = o.operation_id and l.operation_type = 'pay_in' and l.node_id <> o.node_id
        union all
        select p.operation_id, p.node_id, p.account_id, p.amount_minor, p.created_at, p.reference
          from packed_entries p join own o on o.operation_id = p.operation_id
         where in_looks_at_packed and p.operation_type = 'pay_in'
    )
    insert into duplicate_pay_ins (node_id, command_id, later_node_id, stands_node_id, account_id, amount_minor, is_same)
    select local_node_id(), o.operation_id,
           case when j.is_first then f.node_id else o.node_id end, case when j.is_first then o.node_id else f.node_id end,
           case when j.is_first then f.account_id else o.account_id end,
           case when j.is_first then f.amount_minor else o.amount_minor end,
           (o.account_id, o.amount_minor, coalesce(o.reference, '')) = (f.account_id, f.amount_minor, coalesce(f.reference, ''))
      from own o
      join other f on f.operation_id = o.operation_id
     cross join lateral (select (o.created_at, o.node_id) < (f.created_at, f.node_id) as is_first) j
     -- In one order, as apply writes the same rows of arrived_duplicate_pay_ins.
     order by 2
    on conflict (node_id, command_id, later_node_id, stands_node_id) do nothing;
$$;

create or replace function billing.note_duplicate_pay_in()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- trg_note_duplicate_pay_in on duplicate_pay_ins, for what this node finds and for what others do: a pay-in of this node that is to be
-- taken back. It must never fail: that would stop replication. BEFORE: see billing.note_arrived_account.
begin
    insert into arrived_duplicate_pay_ins (command_id, stands_node_id)
    select new.command_id, new.stands_node_id
     where new.is_same and new.later_node_id = local_node_id()
    on conflict do nothing;
    return new;
end;
$$;
