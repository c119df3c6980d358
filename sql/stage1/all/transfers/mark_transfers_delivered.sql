create or replace function billing.mark_transfers_delivered(
    in_delivered  uuid[],
    in_refused    uuid[] default '{}'
)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.mark_transfers_delivered(2)
--
--   Third step of transfers: what the receiver has credited is no longer in
--   transit. A repeat changes nothing.
--
-- Parameters
--   in_refused  stay in transit, and go behind the others
-- Returns   how many became delivered
-- Locks     rows of transfers
-- Writes    transfers
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    marked integer;
begin
    update transfers set state = 'delivered', updated_at = now()
     where id = any (in_delivered) and node_id = local_node_id() and state = 'in_transit';
    get diagnostics marked = row_count;
    update transfers set updated_at = now()
     where id = any (in_refused) and node_id = local_node_id() and state = 'in_transit';
    return marked;
end;
$$;
