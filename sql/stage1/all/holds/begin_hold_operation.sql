create or replace function billing.begin_hold_operation(in_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
set plan_cache_mode = force_generic_plan
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.begin_hold_operation(1)
--
--   Captures, voids or extends a hold of this node: what is here in this commit; of
--   other nodes it is written down what they are to be asked for, and the caller goes
--   on with billing.ask_hold_parts and billing.record_hold_answers. A crash in between
--   means that they are asked again (docs/holds.md).
--
-- Parameters
--   in_request  {kind, tenant, client_id, key, fingerprint (hex), hold_id; of a capture
--               amount_minor, currency, reference, metadata (text); of an extension
--               held_for_ms, from now on}; numbers as decimal strings
-- Returns   {status, hold, operation, asks, position: of begun and repeated, donors_position};
--           first status that holds:
--      idempotency_conflict  the key came with another request, of whichever kind
--      repeated              operation, asks: what is known of it by now
--      not_found · in_progress, it is being authorised
--      account_copying       account_id: its row is copied anew to this node
--      currency_mismatch
--      hold_voided           of a void no refusal: asks are those of the first one
--      hold_over             its time is over by this node's clock
--      hold_exceeded         left_minor: more is asked for than is left
--      begun                 operation {operation_id, kind, amount_minor, refunded_minor,
--                            ends_at, reference, metadata, created_at}; asks as billing.describe_hold_operation
--   hold: as billing.describe_hold, of all but the first, not_found and account_copying
-- Locks     row of holds, row of account_balances, hold_parts
-- Writes    hold_operations, hold_asks, holds, arrived_keys; as billing.hear_hold_asks
-- Raises    GB018, 22003 as billing.carry_out_hold_ask; 40P01, 55P03: again
-- ---------------------------------------------------------------------------
declare
    request record;
    hash    uuid;
    hold    holds;
    asked   hold_operations;
    status  text;
begin
    select * into request from jsonb_to_record(in_request)
        as r (kind hold_operation_kind, tenant text, client_id text, key text, fingerprint text, hold_id uuid, amount_minor bigint,
              currency text, held_for_ms bigint, reference text, metadata text);
    hash := key_hash(request.tenant, request.client_id, request.key);
    select h.* into hold from holds h join pay_outs p on p.id = h.id
     where h.id = request.hold_id and p.tenant = request.tenant for update of h;
    select * into asked from hold_operations o where o.id = hash;
    if asked.id is not null and asked.fingerprint = decode(request.fingerprint, 'hex') then
        return describe_hold_operation('repeated', asked.hold_id, asked.id) || jsonb_build_object('position', write_position());
    elsif is_key_taken(hash) then
        return jsonb_build_object('status', 'idempotency_conflict');
    elsif hold.id is null then
        return jsonb_build_object('status', case when exists (
            select from pay_outs p where p.id = request.hold_id and p.tenant = request.tenant and p.held_for_ms is not null
                                     and p.status = 'pending') then 'in_progress' else 'not_found' end);
    elsif not exists (select from accounts a where a.id = hold.account_id) then
        return jsonb_build_object('status', 'account_copying', 'account_id', hold.account_id::text);
    end if;
    hold := end_hold_if_over(hold);
    status := case
        when request.kind = 'capture' and request.currency is distinct from (select a.currency::text from accounts a where a.id = hold.account_id)
            then 'currency_mismatch'
        when hold.state = 'voided' then 'hold_voided'
        when hold.state = 'over' then 'hold_over'
        when request.kind = 'capture' and request.amount_minor > (select sum(l.left_minor) from left_of_hold(hold.id) l) then 'hold_exceeded'
        end;
    if status is not null then
        return describe_hold_operation(status, hold.id, case when request.kind = 'void' then (
            select o.id from hold_operations o where o.hold_id = hold.id and o.kind = 'void') end);
    end if;
    insert into hold_operations (id, hold_id, kind, tenant, client_id, idempotency_key, fingerprint, amount_minor, ends_at, reference, metadata)
    values (hash, hold.id, request.kind, request.tenant, request.client_id, request.key, decode(request.fingerprint, 'hex'),
            request.amount_minor, clock_timestamp() + make_interval(secs => request.held_for_ms / 1000.0), request.reference,
            request.metadata::json)
    on conflict do nothing returning * into asked;
    if asked.id is null then   -- of another hold, at the same time
        return jsonb_build_object('status', 'idempotency_conflict');
    end if;
    perform put_down_asks(hold, asked);
    return describe_hold_operation('begun', hold.id, asked.id) || jsonb_build_object('position', write_position());
end;
$$;

create or replace function billing.is_key_taken(in_key_hash uuid)
returns boolean
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: something else was asked for under the key of an operation on a hold: here, paid or under way, or told by another node.
    select exists (select from pay_outs p where key_hash_of(p) = in_key_hash and p.status <> 'rejected')
        or exists (select from hold_operations o where o.id = in_key_hash)
        or (select k.key_hash is not null from arrived_key(in_key_hash) k);
$$;

create or replace function billing.end_hold_if_over(in_hold billing.holds)
returns billing.holds
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: home's clock ends the hold's row, which the caller has locked, and home's own part, in one commit. Nothing else.
-- Locks row of account_balances, hold_parts; writes holds, and as billing.return_part.
declare
    hold holds := in_hold;
begin
    if hold.state = 'open' and hold.ends_at <= clock_timestamp() then
        update holds h set state = 'over', ended_at = clock_timestamp() where h.id = hold.id returning * into hold;
        perform from account_balances b where b.account_id = hold.account_id and b.node_id = local_node_id() for update;
        perform return_part(p, 'expired') from hold_parts p where p.hold_id = hold.id and p.state = 'held';
    end if;
    return hold;
end;
$$;

create or replace function billing.left_of_hold(in_hold_id uuid)
returns table (node_id integer, left_minor bigint)
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: of each node that gave to a hold, what is left there as home knows it: what was authorised, less what captures have
-- asked for, answered or not; nothing once it has said that its part is over, or the hold is.
    select t.node_id,
           case when h.state <> 'open' or coalesce(a.is_over, false) then 0 else t.minor - coalesce(a.minor, 0) end::bigint
      from pay_outs p
      join holds h on h.id = p.id
     cross join unnest(p.taken_nodes, p.taken_minor) as t (node_id, minor)
     cross join lateral (select sum(a.minor) filter (where o.kind = 'capture') as minor,
                                bool_or(a.is_over) as is_over
                           from hold_asks a join hold_operations o on o.id = a.operation_id
                          where a.hold_id = p.id and a.node_id = t.node_id) a
     where p.id = in_hold_id;
$$;

create or replace function billing.put_down_asks(in_hold billing.holds, in_operation billing.hold_operations)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: what each node is asked for by an operation that may be begun, of a capture home's own part first, then in order of
-- node; home's own part answers at once. Writes hold_asks, holds, arrived_keys; as billing.hear_hold_asks. Raises as
-- billing.carry_out_hold_ask: then nothing is begun.
declare
    self constant integer := local_node_id();
begin
    insert into hold_asks (operation_id, node_id, hold_id, minor)
    select in_operation.id, l.node_id, in_hold.id,
           case in_operation.kind when 'capture' then least(l.left_minor, in_operation.amount_minor - l.before)
                                  when 'void' then l.left_minor else 0 end
      from (select f.*, sum(f.left_minor) over (order by f.node_id <> self, f.node_id) - f.left_minor as before
              from left_of_hold(in_hold.id) f) l
     where l.left_minor > 0 and (in_operation.kind <> 'capture' or l.before < in_operation.amount_minor);
    if in_operation.kind = 'void' then
        update holds h set state = 'voided', ended_at = clock_timestamp() where h.id = in_hold.id;
    elsif in_operation.kind = 'extension' then
        update holds h set ends_at = greatest(h.ends_at, in_operation.ends_at) where h.id = in_hold.id;
    end if;
    perform record_hold_answers(jsonb_build_array(jsonb_build_object(
                'node_id', self, 'status', 'answered', 'answers', carry_out_hold_ask(gather_hold_asks(self, array[in_operation.id], 1) -> 0))))
       from hold_asks a where a.operation_id = in_operation.id and a.node_id = self;
    -- For pay-outs under the same key: they look there, and find another request.
    insert into arrived_keys (key_hash, node_id, pay_out_id, created_at, fingerprint)
    values (in_operation.id, self, in_operation.id, in_operation.created_at, in_operation.fingerprint)
    on conflict do nothing;
end;
$$;
