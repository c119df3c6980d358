create or replace function public.send_transfers(p_timeout_ms int default 5000)
returns table (node_id int, sent bigint, waiting bigint, status text)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- send_transfers(1)
--
--   For people with psql and no coordinator: brings what is planned or in transit
--   from this node to every other one, the shares of add_account_balance above all.
--   A coordinator does the same every second; both at once do no harm, and a
--   repeat sends what is left.
--
--   AUTONOMOUS, as withdraw_balance is and for the same reason: begin, deliver and
--   mark are three commits.
--
-- Parameters
--   p_timeout_ms  how long each call of another node may take
-- Returns   a row for each other node
--   sent      transfers that are there now and were not before
--   waiting   planned or in transit, still
--   status    sent · unreachable (nothing was sent) · unknown (no answer, or a step
--             failed, as a notice says: they may be there; send again) · unseen
--             (replication has not shown them there yet: send again) · refused
--             (that node will not take some of them: audit_transfers says which)
-- Writes    what billing.begin_transfers, deliver_transfers and
--           mark_transfers_delivered write
-- Raises    GB020 after a write in the same transaction
--           GB007, GB013 this node cannot reach itself
-- ---------------------------------------------------------------------------
declare
    batch_max   constant integer := 500;
    rounds_max  constant integer := 1000;
    own_ms      constant integer := p_timeout_ms + 3000;   -- the other node's answer, and connecting to it
    began_at    timestamptz;
    begun       jsonb;
    delivery    jsonb;
begin
    if pg_current_xact_id_if_assigned() is not null then
        raise exception 'send_transfers cannot run after a write in the same transaction'
            using errcode = 'GB020', hint = 'Commit first: it sends what is committed, and commits its own steps.';
    end if;
    perform connect_to_self();
    for node_id in select n.node_id from node_config n where n.node_id <> local_node_id() order by 1 loop
        sent := 0;
        began_at := clock_timestamp();
        -- Nobody is asked who is to get nothing.
        status := case count_waiting_transfers(node_id) when 0 then 'sent' else 'unreachable' end;
        begin
            if status = 'unreachable' and call_self(format('select to_jsonb(billing.probe_node(%s, %s))::text', node_id, p_timeout_ms), own_ms) = 'true' then
                for round in 1 .. rounds_max loop
                    begun := call_self(format('select to_jsonb(b)::text from billing.begin_transfers(%s, %s) b',
                                              node_id, batch_max), own_ms);
                    delivery := call_self(format('select to_jsonb(d)::text from billing.deliver_transfers(%s, %s, %s) d',
                                                 node_id, batch_max, p_timeout_ms), own_ms);
                    status := case delivery ->> 'status' when 'nothing' then 'sent' when 'delivered' then 'sent'
                                   else delivery ->> 'status' end;
                    exit when status <> 'sent';
                    if delivery ->> 'status' = 'delivered' then
                        sent := sent + call_self(format(
                            'select to_jsonb(billing.mark_transfers_delivered(%L, %L))::text',
                            array(select jsonb_array_elements_text(delivery -> 'delivered')),
                            array(select jsonb_array_elements_text(delivery -> 'refused'))), own_ms)::text::bigint;
                        if delivery -> 'refused' <> '[]' then
                            status := 'refused';
                        end if;
                    end if;
                    if delivery -> 'unseen' <> '[]' then
                        status := 'unseen';
                        exit when clock_timestamp() > began_at + make_interval(secs => p_timeout_ms / 1000.0);
                        perform pg_sleep(0.02);
                        continue;
                    end if;
                    exit when (begun ->> 'begun')::integer + (begun ->> 'cancelled')::integer = 0
                              and coalesce(jsonb_array_length(delivery -> 'delivered'), 0) = 0;
                end loop;
            end if;
        exception when others then
            -- What it says is said on; the other nodes get theirs.
            status := 'unknown';
            raise notice 'node %: %', node_id, sqlerrm;
        end;
        waiting := count_waiting_transfers(node_id);
        raise notice 'Node %: % transfer(s) sent, % waiting (%)', node_id, sent, waiting, status;
        return next;
    end loop;
end;
$$;

create or replace function billing.count_waiting_transfers(in_to_node_id integer)
returns bigint
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: this node's transfers that are not at that node yet: planned, or in transit.
    select count(*) from transfers t
     where t.node_id = local_node_id() and t.to_node_id = in_to_node_id and t.state in ('planned', 'in_transit');
$$;
