create or replace function billing.settle_clawbacks(in_limit integer, out settled integer, out open integer)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.settle_clawbacks(1)
--
--   Takes back pay-ins of this node that another one had credited before under the
--   same command id: as they are paid out, from this part first, the rest drained; as
--   much as there is, and the rest when there is more.
--
--   AUTONOMOUS, as withdraw_balance: its steps are committed over a connection to this
--   node. Each pay-out of a clawback has a key that the clawback's row makes, so that a call
--   that was broken off is repeated, and whoever calls at the same time does the same.
--
-- Parameters
--   in_limit   clawbacks at most, those that were tried longest ago
-- Returns
--   settled    that were taken back whole by now
--   open       that were tried and are not. Tried again after ten seconds, once there is
--              money
-- Writes    clawbacks, and what billing.pay_out and a drain write
-- Raises    GB007, GB013, GB015 as connect_to_self and query_node
-- ---------------------------------------------------------------------------
declare
    deadline_ms constant integer := 5000;
    deadline    timestamptz;
    command     uuid;
    clawback       jsonb;
begin
    settled := 0;
    open := 0;
    perform call_self(format('select billing.open_clawbacks(%s)::text', in_limit));
    for command in
        select c.command_id from clawbacks c
         where c.node_id = local_node_id() and is_clawback_due(c) order by c.tried_at, c.command_id limit in_limit
    loop
        clawback := call_self(format('select billing.try_clawback(%L)::text', command));
        if (clawback ->> 'wanted_minor')::bigint > 0 then
            deadline := clock_timestamp() + make_interval(secs => deadline_ms / 1000.0);
            perform drive_pay_out(call_self(format(
                'select to_jsonb(p)::text from billing.pay_out(array[%L], array[%L], array[%L::bytea], array[%s::bigint], '
                'array[%s::bigint], array[%L], array[true], array[%s], array[%L], array[null::text], null, null, array[%L]) p',
                clawback ->> 'client_id', clawback ->> 'key', sha256((clawback ->> 'wanted_minor')::bytea), clawback ->> 'account_id',
                clawback ->> 'wanted_minor', clawback ->> 'currency', deadline_ms, 'pay-in credited twice', clawback ->> 'tenant')), deadline);
            clawback := call_self(format('select billing.try_clawback(%L)::text', command));
        end if;
        if (clawback ->> 'left_minor')::bigint = 0 then
            settled := settled + 1;
        else
            open := open + 1;
        end if;
    end loop;
end;
$$;

create or replace function billing.open_clawbacks(in_limit integer)
returns integer
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.open_clawbacks(1)
--
--   Makes clawbacks of pay-ins of this node that are to be taken back: only of what the
--   other node itself has told here, the same and earlier, so that no row of a third
--   is believed.
--
-- Returns   how many must wait, as that entry is not a row here yet
-- Locks     rows of arrived_duplicate_pay_ins (skip locked)
-- Writes    clawbacks, arrived_duplicate_pay_ins
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    self   constant integer := local_node_id();
    chosen arrived_duplicate_pay_ins[];
    known  uuid[];
begin
    chosen := array(select d from arrived_duplicate_pay_ins d where d.tried_at < clock_timestamp() - unpacked_after()
                     order by d.command_id limit in_limit for update skip locked);
    known := array(
        select c.command_id from unnest(chosen) c
          join transaction_log o on o.operation_id = c.command_id and o.node_id = self and o.operation_type = 'pay_in'
          join transaction_log f on f.operation_id = c.command_id and f.node_id = c.stands_node_id and f.operation_type = 'pay_in'
         where (f.created_at, f.node_id) < (o.created_at, o.node_id)
           and (f.account_id, f.amount_minor, coalesce(f.reference, '')) = (o.account_id, o.amount_minor, coalesce(o.reference, '')));
    insert into clawbacks (node_id, command_id, account_id, amount_minor, stands_node_id)
    select self, o.operation_id, o.account_id, o.amount_minor, c.stands_node_id
      from unnest(chosen) c
      join transaction_log o on o.operation_id = c.command_id and o.node_id = self and o.operation_type = 'pay_in'
     where c.command_id = any (known)
     order by o.operation_id
    on conflict (node_id, command_id) do nothing;
    delete from arrived_duplicate_pay_ins d where d.command_id = any (known);
    update arrived_duplicate_pay_ins d set tried_at = clock_timestamp()
      from unnest(chosen) c where d.command_id = c.command_id and c.command_id <> all (known);
    return cardinality(chosen) - cardinality(known);
end;
$$;

create or replace function billing.try_clawback(in_command_id uuid)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.try_clawback(1)
--
--   Of a clawback of this node: writes down what the pay-out under its key has taken, and
--   says what the next one is to take. The key goes on with each pay-out that was made,
--   and no sooner: whatever becomes of a call, the next one bears the same.
--
-- Returns   {client_id, key, tenant, account_id, currency, left_minor, wanted_minor}:
--           wanted is what there is, as far as is known here, at nodes that answer
-- Locks     row of clawbacks
-- Writes    clawbacks
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    self    constant integer := local_node_id();
    client  constant text := format('clawbacks of node %s', self);
    clawback   clawbacks;
    account accounts;
    paid    pay_outs;
begin
    select * into clawback from clawbacks c where c.node_id = self and c.command_id = in_command_id for update;
    select * into account from accounts a where a.id = clawback.account_id;
    select * into paid from pay_outs p
     where key_hash_of(p) = key_hash(account.tenant, client, clawback_key(clawback)) and p.status = 'committed';
    update clawbacks c
       set tried_at = clock_timestamp(), taken_minor = c.taken_minor + coalesce(paid.amount_minor, 0),
           pay_out_ids = case when paid.id is null then c.pay_out_ids else c.pay_out_ids || paid.id end
     where c.node_id = self and c.command_id = in_command_id
    returning * into clawback;
    return jsonb_build_object(
        'client_id', client, 'key', clawback_key(clawback), 'tenant', account.tenant, 'account_id', clawback.account_id,
        'currency', account.currency, 'left_minor', clawback.amount_minor - clawback.taken_minor,
        'wanted_minor', case when account.is_deleted then 0
                             else least(clawback.amount_minor - clawback.taken_minor, minor_in_reach(clawback.account_id)) end);
end;
$$;

create or replace function billing.clawback_key(in_clawback billing.clawbacks)
returns text
language sql
stable
as $$
-- Internal: of the next pay-out of a clawback. No settings, so that it is inlined.
    select format('%s %s', in_clawback.command_id, cardinality(in_clawback.pay_out_ids));
$$;

create or replace function billing.minor_in_reach(in_account_id bigint)
returns numeric
language sql
stable
as $$
-- Internal: what an account has at nodes that answer, as far as is known here. No settings, so that it is inlined.
    select coalesce(sum(b.balance_minor), 0) from billing.account_balances b
     where b.account_id = in_account_id
       and not exists (select from billing.node_breakers k where k.node_id = b.node_id and k.open_until > clock_timestamp());
$$;

create or replace function billing.is_clawback_due(in_clawback billing.clawbacks)
returns boolean
language sql
stable
as $$
-- Internal: whether it is worth while to try a clawback. No settings, so that it is inlined.
    select in_clawback.taken_minor < in_clawback.amount_minor and in_clawback.tried_at < clock_timestamp() - billing.clawback_again_after()
           and billing.minor_in_reach(in_clawback.account_id) > 0
           and not (select a.is_deleted from billing.accounts a where a.id = in_clawback.account_id);
$$;

create or replace function billing.unpacked_after()
returns interval
language sql
immutable
as $$
-- Internal: how long what is told of an entry that is not a row here yet waits. No settings, so that it is inlined.
    select interval '2 seconds'
$$;

create or replace function billing.clawback_again_after()
returns interval
language sql
immutable
as $$
-- Internal: how long a clawback that was tried without success waits. No settings, so that it is inlined.
    select interval '10 seconds'
$$;
