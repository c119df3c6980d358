create or replace function billing.open_covered_holds(in_ids uuid[], in_moment timestamptz)
returns text
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.open_covered_holds(2)
--
--   Internal: holds that this node's part covers, whose account rows the caller has
--   locked: each is open from the commit on, held by this node alone.
--
-- Parameters
--   in_ids   rows of pay_outs, new ones or tried anew
-- Returns   their position; null: none, or this node sends no batches
-- Writes    pay_outs, holds, hold_parts, transaction_log (reserve), account_balances,
--           batches
-- ---------------------------------------------------------------------------
declare
    self     constant integer := local_node_id();
    batch_id bigint;
begin
    if in_ids = '{}' then
        return null;
    end if;
    update pay_outs p
       set status = 'held', rejection = null, decided_at = in_moment, deadline_at = null, taken_nodes = array[self],
           taken_minor = array[p.amount_minor], taken_batch_ids = null
     where p.id = any (in_ids) and p.status <> 'held';
    perform tell_key(p) from pay_outs p where p.id = any (in_ids) and p.created_at <> in_moment;
    -- Whether this node sends batches is read with the locks of both tables held (billing.pay_out).
    with batch as materialized (
        select case when is_packed() then nextval('batch_id_seq') else 0 end as id
    ), opened as (
        insert into holds (id, account_id, ends_at)
        select p.id, p.account_id, in_moment + make_interval(secs => p.held_for_ms / 1000.0) from pay_outs p where p.id = any (in_ids)
        returning id, account_id, ends_at
    ), parts as (
        insert into hold_parts (hold_id, home_node_id, account_id, amount_minor, ends_at, reference)
        select p.id, self, p.account_id, p.amount_minor, o.ends_at, p.reference from opened o join pay_outs p on p.id = o.id
        returning hold_id, account_id, amount_minor, reference
    ), entries as (
        insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type, reference)
        select p.account_id, -p.amount_minor, p.hold_id, self, 'reserve', p.reference from parts p
    ), balances as (
        update account_balances b
           set balance_minor = b.balance_minor - s.minor, held_minor = b.held_minor + s.minor, batch_id = (select id from batch)
          from (select p.account_id, sum(p.amount_minor) as minor from parts p group by 1) s
         where b.account_id = s.account_id and b.node_id = self
        returning b.*
    )
    insert into batches (id, node_id, created_at, part_account_ids, balances_minor, incomes_minor, reserved_minor, held_minor,
                         key_hashes, key_pay_out_ids, key_fingerprints)
    select (select b.id from batch b), self, in_moment, s.*, k.*
      from (select array_agg(b.account_id), array_agg(b.balance_minor), array_agg(b.income_minor), array_agg(b.reserved_minor),
                   array_agg(b.held_minor) from balances b) s,
           (select array_agg(p.key_hash), array_agg(p.id), array_agg(p.fingerprint)
              from pay_outs p where p.id = any (in_ids) and p.created_at = in_moment) k
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
