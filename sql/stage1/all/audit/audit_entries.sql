create or replace function billing.audit_entries(
    in_after        text,
    in_limit        integer,
    out status      text,
    out next_after  text,
    out checked     integer,
    out findings    jsonb
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.audit_entries(2)
--
--   The thorough walk over this node's parts: reads every entry of the next
--   in_limit accounts after an id, in one statement and so one snapshot.
--
--   balance    as billing.audit_parts, trusting no mark; entries without a part too
--   income     income_minor = what came in from outside: all credits but releases
--   pay_in     no command is credited twice to an account; what another node had credited before is known as
--              such and taken back by clawbacks of this node, or is for people to look at
--   pay_out    a pay-out kept here took its share and what it has set aside, no
--              more and no less; one kept elsewhere what is reserved and settled for it
--   refund     an entry of this type is a refund's, of a pay-out of that account
--   hold       money came back only from a part of a hold, as much as that has given
--   transfer   money left only with a transfer that is in transit or delivered
--
-- Parameters, Returns, Locks, Raises   as billing.audit_parts
-- Writes    audit_marks: the mark of an account that does not add up is dropped, so
--           that the quick walk sees it, too
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant bigint := after_account(in_after);
    -- The shortest time for which closed reservations are kept is a day.
    kept_since constant timestamptz := now() - reservations_kept_for();
    last_id   bigint;
begin
    with account as materialized (
        select b.account_id from account_balances b
         where b.node_id = self and b.account_id > after_id order by b.account_id limit in_limit
    ), ends as materialized (
        select case when count(*) = in_limit then max(account_id) end as id,
               case when count(*) = in_limit then max(account_id) else minor_max() end as last_id,
               count(*)::integer as parts from account
    ), entry as materialized (
        select l.account_id, l.amount_minor, l.created_at, l.operation_id, l.operation_type
          from transaction_log l
         where l.account_id > after_id and l.account_id <= (select e.last_id from ends e) and l.node_id = self
    ), part as (
        select account_id, coalesce(b.balance_minor, 0) as balance_minor, coalesce(b.income_minor, 0) as income_minor,
               coalesce(s.entries_minor, 0) as entries_minor, coalesce(s.in_minor, 0) as in_minor
          from (select * from account_balances b
                 where b.node_id = self and b.account_id > after_id and b.account_id <= (select e.last_id from ends e)) b
          full join (select account_id, sum(amount_minor) as entries_minor,
                            sum(amount_minor) filter (where amount_minor > 0 and operation_type <> 'release') as in_minor
                       from entry group by 1) s using (account_id)
    ), operation as materialized (
        select e.account_id, e.operation_id, -sum(e.amount_minor) as taken_minor, min(e.created_at) as since,
               pay_out_node_id(e.operation_id) as home
          from entry e where e.operation_type in ('pay_out', 'reserve', 'release') group by 1, 2
    ), taking as (
        select o.*, p.id is not null and p.account_id = o.account_id as is_known, own_pay_out_minor(p) as due_minor
          from operation o
          left join pay_outs p on p.id = o.operation_id
         where o.home = self
        union all
        select o.*, r.attempts > 0 or o.since < kept_since,
               case when r.attempts > 0 then r.minor when o.since < kept_since then o.taken_minor end
          from operation o
         cross join lateral billing.held_for_pay_out(o.operation_id, o.account_id) r
         where o.home <> self
    ), finding as (
        select audit_finding('balance', self, p.account_id, '', p.entries_minor, p.balance_minor, 'balance and sum of entries') as f
          from part p where p.balance_minor <> p.entries_minor
        union all
        select audit_finding('income', self, p.account_id, '', p.in_minor, p.income_minor, 'income and entries that came in')
          from part p where p.income_minor <> p.in_minor
        union all
        select audit_finding('pay_in', self, e.account_id, e.operation_id::text, min(e.amount_minor),
                             sum(e.amount_minor), format('a command credited %s times', count(*)))
          from entry e where e.operation_type = 'pay_in' group by e.account_id, e.operation_id having count(*) > 1
        union all
        select f from pay_in_findings(array(select a.account_id from account a)) f union all
        select f from refund_findings((select jsonb_agg(e) from entry e where e.operation_type = 'refund')) f union all select f from return_findings(array(select a.account_id from account a)) f union all
        select taking_finding(t.account_id, t.operation_id, t.home, t.is_known, t.due_minor, t.taken_minor)
          from taking t where not t.is_known or t.taken_minor <> coalesce(t.due_minor, 0)
        union all
        select audit_finding('transfer', self, e.account_id, e.operation_id::text, coalesce(max(t.amount_minor), 0),
                             -sum(e.amount_minor), 'what a transfer must have taken here, and took')
          from entry e
          left join transfers t on t.id = e.operation_id and t.node_id = self and t.account_id = e.account_id
                               and t.state in ('in_transit', 'delivered')
         where e.operation_type = 'transfer_out'
         group by e.account_id, e.operation_id having -sum(e.amount_minor) <> coalesce(max(t.amount_minor), 0)
    )
    select ends.id, ends.parts, coalesce((select jsonb_agg(f) from finding), '[]')
      into last_id, checked, findings from ends;
    status := 'checked';
    next_after := last_id::text;
    perform drop_audit_marks(findings);
end;
$$;

create or replace function billing.held_for_pay_out(in_pay_out_id uuid, in_account_id bigint)
returns table (attempts bigint, minor numeric)
language sql
stable
as $$
-- Internal: of a pay-out of another node, how many attempts have reserved here, and what is reserved and settled. No
-- settings, so that it is inlined.
    select count(*), sum(case r.state when 'reserved' then r.amount_minor else r.settled_minor end)
      from billing.reservations r where r.pay_out_id = in_pay_out_id and r.account_id = in_account_id;
$$;

create or replace function billing.taking_finding(
    in_account_id    bigint,
    in_pay_out_id    uuid,
    in_home_node_id  integer,
    in_is_known      boolean,
    in_due_minor     numeric,
    in_taken_minor   numeric
)
returns jsonb
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the finding that a pay-out took here something else than it must have.
    select audit_finding('pay_out', local_node_id(), in_account_id, in_pay_out_id::text,
                         case when in_is_known then in_due_minor else 0 end, in_taken_minor,
                         case when not in_is_known then 'entries of a pay-out that is not known'
                              when in_home_node_id = local_node_id() then 'what a pay-out must have taken here, and took'
                              else format('what is reserved and settled for a pay-out of node %s, and was taken',
                                          in_home_node_id) end);
$$;

create or replace function billing.drop_audit_marks(in_findings jsonb)
returns void
language sql
set search_path = billing, pg_temp
as $$
-- Internal: the marks of accounts that do not add up go, so that the quick walk sees them, too. Writes audit_marks.
    delete from audit_marks m using jsonb_to_recordset(in_findings) as f ("check" text, account_id bigint)
     where f."check" = 'balance' and m.account_id = f.account_id;
$$;
