create or replace function billing.open_covered_holds(
    in_requests  billing.hold_request[],
    in_retried   uuid[],
    in_moment    timestamptz
)
returns text
language plpgsql
set search_path = billing, pg_temp
set plan_cache_mode = force_generic_plan
as $$
-- ---------------------------------------------------------------------------
-- billing.open_covered_holds(3)
--
--   Internal: holds that this node's part covers, whose account rows the caller has
--   locked: each is open from the commit on, held by this node alone.
--
-- Parameters
--   in_requests  those that were put down just now, as billing.judge_hold_keys does
--   in_retried   rows of pay_outs that were tried before
-- Returns   their position; null: none, or this node sends no batches
-- Writes    pay_outs, holds, hold_parts, transaction_log (reserve), account_balances,
--           batches
-- ---------------------------------------------------------------------------
declare
    self     constant integer := local_node_id();
    batch_id bigint;
begin
    if in_retried <> '{}' then
        update pay_outs p
           set status = 'held', rejection = null, decided_at = in_moment, deadline_at = null, taken_nodes = array[self],
               taken_minor = array[p.amount_minor], taken_batch_ids = null
         where p.id = any (in_retried);
        -- Each is older than this batch: its key travels alone.
        perform tell_key(p) from pay_outs p where p.id = any (in_retried);
    elsif in_requests = '{}' then
        return null;
    end if;
    -- Whether this node sends batches is read with the locks of both tables held (billing.pay_out).
    with batch as materialized (
        select case when is_packed() then nextval('batch_id_seq') else 0 end as id
    ), covered as materialized (
        select r.id, r.account_id, r.amount_minor, r.reference, in_moment + make_interval(secs => r.held_for_ms / 1000.0) as ends_at
          from unnest(in_requests) r
        union all
        select p.id, p.account_id, p.amount_minor, p.reference, in_moment + make_interval(secs => p.held_for_ms / 1000.0)
          from pay_outs p where p.id = any (in_retried)
    ), opened as (
        insert into holds (id, account_id, ends_at) select c.id, c.account_id, c.ends_at from covered c
    ), parts as (
        insert into hold_parts (hold_id, home_node_id, account_id, amount_minor, ends_at, reference, held_at)
        select c.id, self, c.account_id, c.amount_minor, c.ends_at, c.reference, in_moment from covered c
    ), entries as (
        insert into transaction_log (account_id, amount_minor, created_at, operation_id, node_id, operation_type, reference)
        select c.account_id, -c.amount_minor, in_moment, c.id, self, 'reserve', c.reference from covered c
        returning transaction_log.*
    ), balances as (
        update account_balances b
           set balance_minor = b.balance_minor - s.minor, held_minor = b.held_minor + s.minor, batch_id = (select id from batch)
          from (select c.account_id, sum(c.amount_minor) as minor from covered c group by 1) s
         where b.account_id = s.account_id and b.node_id = self
        returning b.*
    )
    insert into batches (id, node_id, created_at, operation_type, entry_ids, account_ids, amounts_minor, operation_ids, entry_references,
                         part_account_ids, balances_minor, incomes_minor, reserved_minor, held_minor,
                         key_hashes, key_pay_out_ids, key_fingerprints)
    select (select b.id from batch b), self, in_moment, 'reserve', e.*, s.*, k.*
      from (select array_agg(l.id), array_agg(l.account_id), array_agg(l.amount_minor), array_agg(l.operation_id),
                   array_agg(l.reference) from entries l) e,
           (select array_agg(b.account_id), array_agg(b.balance_minor), array_agg(b.income_minor), array_agg(b.reserved_minor),
                   array_agg(b.held_minor) from balances b) s,
           (select array_agg(r.key_hash), array_agg(r.id), array_agg(r.fingerprint) from unnest(in_requests) r) k
     where is_packed()
    returning id into batch_id;
    return describe_batch(self, batch_id);
end;
$$;

create or replace function billing.open_hold(in_pay_out billing.pay_outs, in_began_at timestamptz)
returns void
language sql
volatile
set search_path = billing, pg_temp
as $$
-- Internal: a hold whose drain is decided for is open, its time counted from the begin of its attempt, of this node's part, too.
-- Writes holds, hold_parts.
    with opened as (
        insert into holds (id, account_id, ends_at)
        values (in_pay_out.id, in_pay_out.account_id, in_began_at + make_interval(secs => in_pay_out.held_for_ms / 1000.0))
        returning id, ends_at
    )
    update hold_parts p set ends_at = o.ends_at from opened o where p.hold_id = o.id;
$$;
