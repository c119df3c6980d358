create or replace function billing.undo_duplicates(in_limit integer, out undone integer, out left_over integer)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.undo_duplicates(1)
--
--   Gives back pay-outs of this node that another one stands for under the same
--   key: an entry correction under the pay-out's id, whose reference names the one
--   that stands; less what was refunded of it, which is to be refunded of that one
--   (billing.move_refunds). Once, whoever has found the pair and however often: the row says
--   so. Only what the stander's node itself has told here of that key, paid, the same
--   and earlier, so that no row of a third is believed; without it, it stays open.
--
-- Parameters
--   in_limit   pay-outs at most
-- Returns
--   undone     pay-outs
--   left_over  that cannot be given back now: the part would leave bigint's range, or
--              the other payment is not known here (any more). Tried again after a minute
-- Locks     rows of arrived_duplicates (skip locked), of pay_outs in order of id, then of
--           account_balances in account order
-- Writes    pay_outs, transaction_log (correction), account_balances, moved_refunds,
--           arrived_duplicates
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    chosen  arrived_duplicates[];
    pair    record;
    given   pay_outs;
begin
    undone := 0;
    left_over := 0;
    chosen := array(select d from arrived_duplicates d where d.tried_at < clock_timestamp() - interval '1 minute'
                     order by d.pay_out_id limit in_limit for update skip locked);
    perform from pay_outs p where p.id in (select c.pay_out_id from unnest(chosen) c) order by p.id for update;
    for pair in
        select p as given, c.stands_id from unnest(chosen) c join pay_outs p on p.id = c.pay_out_id order by p.account_id, p.id
    loop
        given := pair.given;
        begin
            if given.status = 'committed' and given.duplicate_of is null then
                if not exists (select from paid_before(given) b where b.pay_out_id = pair.stands_id) then
                    raise exception 'not known' using errcode = 'GB002';
                end if;
                update pay_outs p set duplicate_of = pair.stands_id where p.id = given.id returning * into given;
                perform credit_local(given.account_id, given.amount_minor - given.refunded_minor, 'correction', given.id,
                                     'duplicate of ' || standing_of(given)) where given.refunded_minor < given.amount_minor;
                insert into moved_refunds (refund_id, to_id) select r.id, pair.stands_id from refunds r where r.pay_out_id = given.id;
                undone := undone + 1;
            end if;
            delete from arrived_duplicates d where d.pay_out_id = given.id;
        exception when sqlstate 'GB014' or sqlstate 'GB002' then
            update arrived_duplicates d set tried_at = clock_timestamp() where d.pay_out_id = given.id;
            left_over := left_over + 1;
        end;
    end loop;
    delete from arrived_duplicates d using unnest(chosen) c
     where d.pay_out_id = c.pay_out_id and not exists (select from pay_outs p where p.id = d.pay_out_id);
end;
$$;

create or replace function billing.paid_before(in_pay_out billing.pay_outs)
returns setof billing.arrived_keys
language sql
stable
as $$
-- Internal: earlier payments of the same request under the key of this one, as their nodes have told here. No settings, so that it
-- is inlined.
    select k.* from billing.arrived_keys k
     where k.key_hash = billing.key_hash_of(in_pay_out) and k.deadline_at is null and k.fingerprint = in_pay_out.fingerprint
       and (k.created_at, k.node_id) < (in_pay_out.created_at, billing.local_node_id());
$$;

create or replace function billing.standing_of(in_pay_out billing.pay_outs)
returns uuid
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: of a pay-out that was given back, the one that stands under its key, as far as this node knows by now: the one that it was
-- given back for may have been given back for an earlier one.
    select coalesce((select b.pay_out_id from paid_before(in_pay_out) b order by b.created_at, b.node_id limit 1), in_pay_out.duplicate_of);
$$;
