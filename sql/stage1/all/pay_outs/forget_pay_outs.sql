create or replace function billing.forget_pay_outs(in_older_than interval, in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.forget_pay_outs(2)
--
--   Forgets idempotency keys of pay-outs and refunds that are older, here and what is known
--   of them from other nodes, and what drains left behind: closed reservations, attempts whose decision everybody knows, those decisions. The
--   pay-outs and refunds themselves and their entries stay for ever.
--
-- Parameters
--   in_limit   rows of each kind at most; four times as many keys of other nodes
-- Returns   rows forgotten, of all kinds; 0: nothing is that old
-- Locks     the rows it changes (skips locked ones)
-- Writes    pay_outs, refunds, arrived_keys, reservations, pay_out_attempts, drain_decisions
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    before constant timestamptz := now() - in_older_than;
    total  integer;
    gone   integer;
begin
    update pay_outs p set idempotency_key = null, key_hash = null
     where p.id in (select o.id from pay_outs o
                     where o.created_at < before and o.idempotency_key is not null and o.status <> 'pending'
                     limit in_limit for update skip locked);
    get diagnostics total = row_count;
    update refunds r set idempotency_key = null, key_hash = null
     where r.id in (select o.id from refunds o where o.created_at < before and o.idempotency_key is not null
                     limit in_limit for update skip locked);
    get diagnostics gone = row_count;
    total := total + gone;
    delete from arrived_keys k
     where (k.key_hash, k.node_id) in (select o.key_hash, o.node_id from arrived_keys o where o.created_at < before
                                        order by o.created_at limit in_limit * 4 for update skip locked);
    get diagnostics gone = row_count;
    total := total + gone;
    -- All of a pay-out together: the auditor adds them up.
    with old as (
        select o.attempt_id, o.pay_out_id from reservations o
         where o.state <> 'reserved' and o.closed_at < before
           and not exists (select from reservations y where y.pay_out_id = o.pay_out_id and (y.state = 'reserved' or y.closed_at >= before))
         limit in_limit for update skip locked
    )
    delete from reservations r
     where (r.attempt_id, r.round) in (select y.attempt_id, y.round from old o join reservations y on y.pay_out_id = o.pay_out_id
                                       union select y.attempt_id, y.round from old o join reservations y on y.attempt_id = o.attempt_id
                                        where o.pay_out_id is null);
    get diagnostics gone = row_count;
    total := total + gone;
    with ended as (
        delete from pay_out_attempts a
         where a.id in (select o.id from pay_out_attempts o
                         where o.state <> 'pending' and o.untold_nodes = '{}' and o.started_at < before
                         limit in_limit for update skip locked)
        returning a.id
    )
    delete from drain_decisions d using ended where d.attempt_id = ended.id and d.node_id = local_node_id();
    get diagnostics gone = row_count;
    return total + gone;
end;
$$;
