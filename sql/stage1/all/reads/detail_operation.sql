create or replace function billing.detail_operation(
    in_kind          text,
    in_id            uuid,
    in_slot          integer,
    in_entry_types   text[],
    in_amount_minor  numeric
)
returns jsonb
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.detail_operation(5)
--
--   Internal: what is known here of an operation beside its entries.
--
-- Parameters
--   in_kind, in_id, in_slot, in_amount_minor  as billing.list_operations says of it
--   in_entry_types  those of its entries
-- Returns   {state: pending, committed, rejected, reversed, of a hold also open, voided,
--           over, or null where only its home can tell; and of what this node keeps:
--           metadata (JSON text), charge, duplicate_of, pay_out_id or hold_id and
--           capture_id of a refund, captured_minor of a hold, refunded_minor}; amounts are strings
-- ---------------------------------------------------------------------------
declare
    self constant integer := local_node_id();
    paid pay_outs;
begin
    case in_kind
        when 'pay_out', 'charge', 'hold' then
            if pay_out_node_id(in_id) = self then
                select * into paid from pay_outs p where p.id = in_id;
            end if;
            return case when paid.id is not null then detail_pay_out(paid)
                        else jsonb_build_object('state', state_by_entries(in_kind, in_id, in_entry_types, in_amount_minor)) end;
        when 'refund' then
            return jsonb_build_object('state', 'committed') || coalesce((
                select jsonb_build_object('pay_out_id', case when r.capture_id is null then r.pay_out_id end,
                                          'hold_id', case when r.capture_id is not null then r.pay_out_id end,
                                          'capture_id', r.capture_id, 'metadata', r.metadata::text) from refunds r
                 where r.id = in_id and in_slot = self), '{}');
        when 'pay_in' then
            return jsonb_build_object('state', 'committed', 'metadata', (
                select m.metadata::text from operation_metadata m where m.operation_id = in_id and in_slot = self));
        when 'transfer' then
            return jsonb_build_object('state', case cardinality(in_entry_types) when 2 then 'committed' else 'pending' end);
        else
            return '{"state": "committed"}';
    end case;
end;
$$;

create or replace function billing.detail_pay_out(in_pay_out billing.pay_outs)
returns jsonb
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: of billing.detail_operation, what the row of a pay-out, a charge or a hold of this node says. PL/pgSQL, as its plans are kept.
begin
    return jsonb_build_object(
        'state', case when in_pay_out.duplicate_of is not null then 'reversed'
                      when in_pay_out.status = 'held' then (select h.state::text from holds h where h.id = in_pay_out.id)
                      else in_pay_out.status::text end,
        'metadata', in_pay_out.metadata::text, 'charge', in_pay_out.charge,
        'duplicate_of', case when in_pay_out.duplicate_of is not null then standing_of(in_pay_out) end,
        'refunded_minor', case when in_pay_out.refunded_minor > 0 then in_pay_out.refunded_minor::text end,
        'captured_minor', case when in_pay_out.status = 'held' then (
            select coalesce(sum(a.got_minor), 0)::text from hold_asks a
              join hold_operations o on o.id = a.operation_id and o.kind = 'capture'
             where a.hold_id = in_pay_out.id and a.answered_at is not null) end);
end;
$$;

create or replace function billing.state_by_entries(in_kind text, in_id uuid, in_entry_types text[], in_amount_minor numeric)
returns text
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the state of a pay-out, a charge or a hold of another node, as far as its entries, what is set aside here and what its
-- node has told say it. Without any of these its decision has not been heard here; what is older than all that is kept of it
-- was decided long ago. Of a hold that was decided for its home alone knows: null.
begin
    return case when 'correction' = any (in_entry_types) then 'reversed'
                when 'pay_out' = any (in_entry_types) then 'committed'
                when in_amount_minor = 0 and 'return' <> all (in_entry_types) then 'rejected'
                when in_kind = 'hold' then null
                when exists (select from reservations r where r.pay_out_id = in_id and r.state = 'settled')
                  or exists (select from arrived_keys k
                              where k.pay_out_id = in_id and k.deadline_at is null and k.taken_nodes is not null)
                  or ms_of_id(in_id) < ms_of_time(now() - interval '30 days') then 'committed'
                else 'pending' end;
end;
$$;
