create or replace function billing.hold_node(in_holder text, in_number bigint, in_lease_ms integer)
returns bigint
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.hold_node(3)
--
--   Takes this node's lease for a coordinator, or renews it, and beats
--   (billing.beat). A lease ends by itself, by this database's clock alone; and at
--   once with the connection that took it: that one keeps an advisory lock of the
--   lease's number. A process that is frozen keeps its connection but renews
--   nothing, one that is killed loses its connection.
--
--   free -> held      taken: the number rises
--   held -> held      renewed by its holder, late as well if nobody else has come
--   held -> free      expired, or its connection has ended
--   An expiry further away than a lease is long means that the clock was set
--   back: such a lease is free, or nobody could take the node for so long.
--
-- Parameters
--   in_holder    of one process and no other
--   in_number    of the lease that it took in this session; null: it has none
--   in_lease_ms  how long it lasts from now
-- Returns   the number of the caller's lease; null: another one holds the node, or has had it since
--           in_number was taken
-- Locks     row of node_lease, unless it is another's; for the session: advisory
--           lock (620145, number)
-- Writes    node_lease, node_heartbeats
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    lock_class constant integer := 620145;
    lease      node_lease;
    moment     timestamptz;
begin
    for try in 1 .. 2 loop
        -- The first look is without a lock: a node that is held is no work for those who wait.
        if try = 2 then
            insert into node_lease (number, holder, taken_at, expires_at, lease_ms)
            values (0, '', '-infinity', '-infinity', 0) on conflict do nothing;
            perform from node_lease for no key update;
        end if;
        select * into lease from node_lease;
        moment := clock_timestamp();
        if in_number is not null and (lease.number, lease.holder) is distinct from (in_number, in_holder) then
            -- Somebody has had the node since: a new lease is for duties that begin anew, under its number.
            return null;
        end if;
        continue when lease.number is null or lease.number = in_number;
        if lease.expires_at > moment and lease.expires_at <= moment + make_interval(secs => lease.lease_ms / 1000.0)
           and not pg_try_advisory_xact_lock_shared(lock_class, lease.number::integer) then
            return null;
        end if;
    end loop;

    if lease.number = in_number then
        update node_lease l set expires_at = moment + make_interval(secs => in_lease_ms / 1000.0), lease_ms = in_lease_ms;
    else
        update node_lease l
           set number = l.number + 1, holder = in_holder, taken_at = moment,
               expires_at = moment + make_interval(secs => in_lease_ms / 1000.0), lease_ms = in_lease_ms
        returning l.number into lease.number;
    end if;
    perform beat();
    -- Last, as it outlives a rollback. Nobody else can have it: the number is new.
    if lease.number is distinct from in_number then
        perform pg_advisory_lock(lock_class, lease.number::integer);
    end if;
    return lease.number;
end;
$$;
