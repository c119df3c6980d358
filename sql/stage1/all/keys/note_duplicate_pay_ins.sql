create or replace function billing.note_duplicate_pay_ins(in_command_ids uuid[])
returns void
language plpgsql
volatile
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- Internal: which of these commands this node and another one have both credited, unless either takes it back. The earlier stands,
-- of two at one moment the lower node's, so that whoever finds a pair says the same. Of what arrived billing.unpack_batches asks, with
-- its rows made, of this node's own billing.seal_batches; one after the other, so that whichever comes later sees what the
-- other one made (tests/models/repeated-pay-ins.spec.ts). Writes duplicate_pay_ins.
begin
    perform pg_advisory_xact_lock(hashtext('billing.note_duplicate_pay_ins'));
    -- A statement of its own: what the one before has committed is seen.
    insert into duplicate_pay_ins (node_id, command_id, later_node_id, stands_node_id, account_id, amount_minor, is_same)
    select o.node_id, o.operation_id,
           case when j.is_first then f.node_id else o.node_id end, case when j.is_first then o.node_id else f.node_id end,
           case when j.is_first then f.account_id else o.account_id end,
           case when j.is_first then f.amount_minor else o.amount_minor end,
           is_same_pay_in(o.account_id, o.amount_minor, o.reference, f.account_id, f.amount_minor, f.reference)
      from (select distinct c from unnest(in_command_ids) c) c
     -- One by one, by the index: no plan of a join may begin with all entries of this node.
     cross join lateral (select l.* from transaction_log l
                          where l.operation_id = c.c and l.node_id = local_node_id() and l.operation_type = 'pay_in' limit 1) o
     cross join lateral (select l.* from transaction_log l
                          where l.operation_id = c.c and l.operation_type = 'pay_in' and l.node_id <> o.node_id offset 0) f
     cross join lateral (select (o.created_at, o.node_id) < (f.created_at, f.node_id) as is_first) j
     where not exists (select from clawbacks w where w.command_id = o.operation_id and w.node_id in (o.node_id, f.node_id))
     -- In one order, as apply writes the same rows of arrived_duplicate_pay_ins.
     order by o.operation_id
    on conflict (node_id, command_id, later_node_id, stands_node_id) do nothing;
end;
$$;

create or replace function billing.is_same_pay_in(
    in_account_id        bigint,
    in_amount_minor      bigint,
    in_reference         text,
    in_other_account_id  bigint,
    in_other_minor       bigint,
    in_other_reference   text
)
returns boolean
language sql
immutable
as $$
-- Internal: of two entries of one command, whether they credit the same; of references none and an empty one are the same. No
-- settings, so that it is inlined.
    select (in_account_id, in_amount_minor, coalesce(in_reference, ''))
           = (in_other_account_id, in_other_minor, coalesce(in_other_reference, ''));
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
    insert into arrived_duplicate_pay_ins (command_id)
    select new.command_id where new.is_same and new.later_node_id = local_node_id()
    on conflict do nothing;
    return new;
end;
$$;
