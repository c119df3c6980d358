create or replace function billing.end_holds(in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.end_holds(1)
--
--   Ends what is over by this node's clock: its own holds with its parts of them, and
--   its parts of other nodes' holds; what is left goes back into the balance. A duty
--   of the node's holder, each second.
--
-- Returns   how many of each were ended; below in_limit: all. One whose balance would leave
--           bigint's range stays, and the audit tells
-- Locks     of each in account order: row of holds (skips locked ones), row of
--           account_balances, the part
-- Writes    holds; as billing.return_part
-- ---------------------------------------------------------------------------
declare
    self   constant integer := local_node_id();
    -- Constant, so that an index finds what is over by it.
    moment constant timestamptz := clock_timestamp();
    ended integer := 0;
    due   record;
    hold  holds;
    part  hold_parts;
begin
    for due in
        select d.* from (select h.id, h.account_id, true as is_own from holds h
                          where h.state = 'open' and h.ends_at <= moment order by h.ends_at limit in_limit) d
        union all
        select d.* from (select p.hold_id, p.account_id, false from hold_parts p
                          where p.state = 'held' and p.ends_at <= moment and p.home_node_id <> self
                          order by p.ends_at limit in_limit) d
         order by 2, 1
    loop
        begin
            if due.is_own then
                select * into hold from holds h where h.id = due.id and h.state = 'open' for update skip locked;
                continue when not found;
                perform end_hold_if_over(hold);
            else
                perform from account_balances b where b.account_id = due.account_id and b.node_id = self for update;
                select * into part from hold_parts p
                 where p.hold_id = due.id and p.state = 'held' and p.ends_at <= clock_timestamp() for update;
                continue when not found;
                perform return_part(part, 'expired');
            end if;
            ended := ended + 1;
        exception when numeric_value_out_of_range then
            null;
        end;
    end loop;
    return ended;
end;
$$;
