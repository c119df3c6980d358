create or replace function billing.audit_pay_outs(
    in_after        text,
    in_limit        integer,
    out status      text,
    out next_after  text,
    out checked     integer,
    out findings    jsonb
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_pay_outs(2)
--
--   The other direction of billing.audit_entries: from the pay-outs kept here, in
--   order of id and so of time, to their entries. One statement, one snapshot.
--
--   pay_out   a pay-out has the entries that it must have here (see
--             own_pay_out_minor); the parts of a committed one add up to its amount;
--             one that another stands for under its key was given back, once
--   charge    the amount of a charge is its price times its quantity, rounded
--   up_to     one that takes what there is has paid no more than it might, no less than its minimum,
--             and what it told
--   refund    what was refunded of a pay-out, or of a hold: its refunds, their entries and its own
--             sum are one amount; no more of a capture than it has captured
--   key       under its key another node has paid something else, while it is remembered
--
--   Paid from here alone: its one entry is dated as its decision, so a look into an
--   index finds it. Of a drain all entries of its time are added up.
--
-- Parameters
--   in_after  id of a pay-out; '' from the beginning
-- Returns, Raises   as billing.audit_parts
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant uuid := after_uuid(in_after);
    last_id   uuid;
begin
    with pay_out as materialized (
        select p from pay_outs p where p.id > after_id order by p.id limit in_limit
    ), judged as (
        select (p).id, (p).account_id, own_pay_out_minor(p) as due_minor, t.minor as taken_minor,
               (p).amount_minor, (p).status in ('committed', 'held') and (p).taken_nodes is not null
                   and (select coalesce(sum(x), 0) from unnest((p).taken_minor) x) <> (p).amount_minor as is_odd
          from pay_out
         cross join lateral (
               select coalesce(-sum(l.amount_minor), 0) as minor
                 from transaction_log l
                where l.account_id = (p).account_id and l.operation_id = (p).id and l.node_id = self
                  and l.operation_type in ('pay_out', 'reserve', 'release')
                  -- Dated by the beginning of their transactions, which last seconds at most.
                  and l.created_at between case when (p).status = 'committed' and (p).taken_nodes is null
                                                then (p).decided_at else (p).created_at - entry_slack() end
                                       and case when (p).status = 'committed' and (p).taken_nodes is null
                                                then (p).decided_at
                                                else coalesce((p).decided_at + entry_slack(), 'infinity') end) t
    ), finding as (
        select audit_finding('pay_out', self, j.account_id, j.id::text, j.due_minor, j.taken_minor,
                             'what a pay-out must have taken here, and took') as f
          from judged j where j.due_minor <> j.taken_minor
        union all
        select audit_finding('pay_out', self, j.account_id, j.id::text || ' parts', j.amount_minor, j.due_minor,
                             'the parts of a pay-out do not add up to its amount')
          from judged j where j.is_odd
        union all
        select audit_finding('pay_out', self, (p).account_id, (p).id || ' given back', (p).amount_minor - (p).refunded_minor,
                             given_back_minor(p), format('what was given back of a pay-out that %s stands for', (p).duplicate_of))
          from pay_out where (p).duplicate_of is not null and given_back_minor(p) <> (p).amount_minor - (p).refunded_minor
        union all
        select audit_finding('refund', self, (p).account_id, (p).id || ' ' || r.what, r.minor, r.found_minor, r.detail)
          from pay_out cross join lateral refund_differences(p) r
         where (p).refunded_minor > 0 or exists (select from refunds o where o.pay_out_id = (p).id)
            or (p).status = 'held' and exists (select from hold_operations o where o.hold_id = (p).id and o.refunded_minor > 0)
        union all
        select audit_finding('charge', self, (p).account_id, (p).id::text, charged_minor(p), (p).amount_minor,
                             'a charge is not its price times its quantity')
          from pay_out where (p).charge is not null and charged_minor(p) <> (p).amount_minor
        union all
        select audit_finding('up_to', self, (p).account_id, (p).id::text, allowed_minor(p), (p).amount_minor,
                             'a pay-out up to an amount paid more than it might, less than its minimum, or not what it told')
          from pay_out where (p).up_to is not null and (p).status = 'committed' and allowed_minor(p) <> (p).amount_minor
        union all
        select audit_finding('key', self, (p).account_id, (p).id || ' ' || o.id, (p).amount_minor, 0,
                             'another request was paid under the same key at another node')
          from pay_out
         cross join lateral (select d.stands_id as id from duplicate_pay_outs d where d.pay_out_id = (p).id and not d.is_same
                              union
                             select d.pay_out_id from duplicate_pay_outs d where d.stands_id = (p).id and not d.is_same) o
         where (p).idempotency_key is not null
    )
    select case when count(*) = in_limit then (array_agg((p).id order by (p).id desc))[1] end, count(*),
           coalesce((select jsonb_agg(f) from finding), '[]')
      into last_id, checked, findings
      from pay_out;
    status := 'checked';
    next_after := last_id::text;
end;
$$;

create or replace function billing.given_back_minor(in_pay_out billing.pay_outs)
returns numeric
language sql
stable
as $$
-- Internal: what this node's entries say was given back of a pay-out that another one stands for (billing.undo_duplicates).
    select coalesce(sum(l.amount_minor), 0) from billing.transaction_log l
     where l.account_id = in_pay_out.account_id and l.operation_id = in_pay_out.id and l.node_id = billing.local_node_id()
       and l.operation_type = 'correction' and l.created_at >= in_pay_out.created_at - billing.entry_slack();
$$;

create or replace function billing.charged_minor(in_pay_out billing.pay_outs)
returns numeric
language sql
stable
as $$
-- Internal: what a charge comes to by its price and quantity, halves rounded up. Null: of what is none, or while its account's row is
-- copied anew.
    select round((in_pay_out.charge ->> 'price')::numeric * (in_pay_out.charge ->> 'quantity')::numeric * 10::numeric ^ c.exponent)
      from billing.accounts a join billing.currencies c on c.code = a.currency where a.id = in_pay_out.account_id;
$$;

create or replace function billing.allowed_minor(in_pay_out billing.pay_outs)
returns numeric
language sql
immutable
as $$
-- Internal: what a committed pay-out up to an amount has told that it paid, within what it was asked for.
    select least((in_pay_out.up_to ->> 'up_to_minor')::numeric,
                 greatest((in_pay_out.up_to ->> 'minimum_minor')::numeric, coalesce((in_pay_out.up_to ->> 'amount_minor')::numeric, 0)));
$$;

create or replace function billing.capture_refund_differences(in_pay_out billing.pay_outs)
returns table (what text, minor numeric, found_minor numeric, detail text)
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: where the refunds of a hold's captures, the sums in their rows and what was captured differ; a refund of a pay-out names none.
    with capture as materialized (
        select o.id, o.refunded_minor, coalesce((select sum(a.got_minor) from hold_asks a where a.operation_id = o.id), 0) as got_minor,
               coalesce((select sum(r.amount_minor) from refunds r where r.pay_out_id = in_pay_out.id and r.capture_id = o.id), 0) as minor
          from hold_operations o where o.hold_id = in_pay_out.id and o.kind = 'capture'
    )
    select 'sum of ' || c.id, c.minor, c.refunded_minor::numeric, 'the refunds of a capture, and their sum in its row'
      from capture c where c.minor <> c.refunded_minor
    union all
    select 'of ' || c.id, c.got_minor, c.minor, 'what was captured, and is refunded of it'
      from capture c where c.minor > c.got_minor
    union all
    select 'of ' || coalesce(r.capture_id::text, 'no capture'), 0, r.amount_minor, 'a refund of what its pay-out or hold has not captured'
      from refunds r
     where r.pay_out_id = in_pay_out.id
       and case when in_pay_out.held_for_ms is null then r.capture_id is not null
                else r.capture_id is null or r.capture_id not in (select c.id from capture c) end;
$$;

create or replace function billing.refund_differences(in_pay_out billing.pay_outs)
returns table (what text, minor numeric, found_minor numeric, detail text)
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: where the refunds of a pay-out, the sum in its row and their entries differ.
    with refund as materialized (
        select r.id, r.amount_minor, r.created_at from refunds r where r.pay_out_id = in_pay_out.id
    ), summed as (
        select coalesce(sum(r.amount_minor), 0) as minor from refund r
    )
    select 'sum', s.minor, in_pay_out.refunded_minor::numeric, 'the refunds of a pay-out, and their sum in its row'
      from summed s where s.minor <> in_pay_out.refunded_minor
    union all
    select 'entries', s.minor, e.minor, 'the refunds of a pay-out, and their entries'
      from summed s
     cross join lateral (
           select coalesce(sum(l.amount_minor), 0) as minor
             from refund r
             join transaction_log l on l.account_id = in_pay_out.account_id and l.operation_id = r.id and l.operation_type = 'refund'
                                   and l.node_id = local_node_id()
                                   and l.created_at between r.created_at - entry_slack() and r.created_at) e
     where s.minor <> e.minor
    union all
    select c.* from capture_refund_differences(in_pay_out) c;
$$;
