create or replace function billing.visit_node(
    in_node_id                integer,
    in_timeout_ms             integer,
    out answers               boolean,
    out subscription_status   text,
    out slot_lost             boolean,
    out has_late_reservations boolean,
    out has_transfers         boolean,
    out has_pay_ins           boolean
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.visit_node(2)
--
--   What the holder wants to know of another node each second, in one call: most
--   often there is nothing to do, and then nothing else is asked.
--
-- Returns
--   answers                as probe_node
--   subscription_status    as replication_status; null: the node is not in node_config
--   slot_lost              as replication_status
--   has_late_reservations  ask_decisions has something to ask it for
--   has_transfers          begin_transfers or deliver_transfers has something for it
--   has_pay_ins            hand_over_pay_ins has something for it
-- Writes    as probe_node
-- Raises    as probe_node
-- ---------------------------------------------------------------------------
begin
    answers := probe_node(in_node_id, in_timeout_ms);
    select r.subscription_status, r.slot_lost into subscription_status, slot_lost
      from replication_status() r where r.peer_node_id = in_node_id;
    has_late_reservations := exists (
        select from reservations r
         where r.state = 'reserved' and r.coordinator_node_id = in_node_id
           and r.deadline_at < clock_timestamp() - late_after());
    has_transfers := exists (
        select from transfers t
         where t.node_id = local_node_id() and t.to_node_id = in_node_id and t.state in ('planned', 'in_transit'));
    has_pay_ins := exists (select from parked_pay_ins p where p.home_node_id = in_node_id);
end;
$$;
