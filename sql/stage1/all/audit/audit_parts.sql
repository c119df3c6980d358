create or replace function billing.audit_parts(
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
-- billing.audit_parts(2)
--
--   The quick walk over this node's parts, the next in_limit accounts after an
--   id. Everything is read in one statement, so in one snapshot: what it finds is
--   true, no matter what happens meanwhile, and nobody waits for it. Entries of
--   accounts that have many are added up from audit_marks on; an edit of an entry
--   behind a mark is for billing.audit_entries to find.
--
--   balance    balance_minor = sum of the entries
--   reserved   reserved_minor = sum of the open reservations
--   held       held_minor = sum of what parts of holds hold
--   negative   no figure of a part is below zero, copies of other nodes included
--
-- Parameters
--   in_after   account id as text; '' from the beginning
-- Returns
--   status      checked
--   next_after  go on after it; null: that was the last account
--   checked     accounts looked at
--   findings    array of billing.audit_finding
-- Locks     –
-- Writes    audit_marks
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    self       constant integer := local_node_id();
    after_id   constant bigint := after_account(in_after);
    mark_every constant integer := 200;   -- entries; adding up so many costs less than a mark
    -- Entries are committed in another order than they are dated in; younger ones get no mark.
    settled_at constant timestamptz := now() - interval '1 minute';
    last_id    bigint;
    marks      jsonb;
begin
    with part as materialized (
        select b.account_id, b.balance_minor, b.reserved_minor, b.held_minor
          from account_balances b
         where b.node_id = self and b.account_id > after_id order by b.account_id limit in_limit
    ), ends as (
        select case when count(*) = in_limit then max(account_id) end as id, count(*)::integer as parts from part
    ), summed as materialized (
        select p.*, m.account_id is not null as is_marked, coalesce(m.sum_minor, 0) + n.new_minor as entries_minor,
               coalesce(m.sum_minor, 0) + n.settled_minor as mark_minor, n.entries
          from part p
          left join audit_marks m on m.account_id = p.account_id
         cross join lateral (
               select coalesce(sum(l.amount_minor), 0) as new_minor, count(*) as entries,
                      coalesce(sum(l.amount_minor) filter (where l.created_at < settled_at), 0) as settled_minor
                 from transaction_log l
                where l.account_id = p.account_id and l.node_id = self
                  and l.created_at >= coalesce(m.upto, '-infinity')) n
    ), exact as materialized (
        select s.account_id, s.balance_minor, s.reserved_minor, s.held_minor, s.is_marked, s.mark_minor, s.entries,
               -- A mark that does not fit is no fault yet.
               case when s.is_marked and s.entries_minor <> s.balance_minor
                    then (select coalesce(sum(l.amount_minor), 0) from transaction_log l
                           where l.account_id = s.account_id and l.node_id = self)
                    else s.entries_minor end as entries_minor,
               s.entries_minor <> s.balance_minor as is_stale
          from summed s
    ), open_minor as materialized (
        select r.account_id, sum(r.amount_minor) as minor from reservations r where r.state = 'reserved' group by 1
    ), hold_minor as materialized (
        select p.account_id, sum(p.amount_minor - p.captured_minor - p.returned_minor) as minor from hold_parts p
         where p.state = 'held' and p.account_id > after_id and p.account_id <= (select max(t.account_id) from part t) group by 1
    ), finding as (
        select audit_finding('balance', self, e.account_id, '', e.entries_minor, e.balance_minor,
                             'balance and sum of entries') as f
          from exact e where e.balance_minor <> e.entries_minor
        union all
        select audit_finding('reserved', self, e.account_id, '', o.minor, e.reserved_minor,
                             'reserved_minor and open reservations')
          from exact e left join open_minor o on o.account_id = e.account_id where e.reserved_minor <> coalesce(o.minor, 0)
        union all
        select audit_finding('held', self, e.account_id, '', h.minor, e.held_minor, 'held_minor and parts of holds')
          from exact e left join hold_minor h on h.account_id = e.account_id where e.held_minor <> coalesce(h.minor, 0)
        union all
        select audit_finding('negative', b.node_id, b.account_id, '', 0,
                             least(b.balance_minor, b.reserved_minor, b.income_minor, b.held_minor),
                             case b.node_id when self then 'a part below zero'
                                  else format('its copy at node %s is below zero', self) end)
          from account_balances b
         where b.account_id > after_id and b.account_id <= coalesce((select id from ends), minor_max())
           and (b.balance_minor < 0 or b.reserved_minor < 0 or b.income_minor < 0 or b.held_minor < 0)
    )
    select ends.id, ends.parts, coalesce((select jsonb_agg(f) from finding), '[]'),
           (select jsonb_agg(jsonb_build_object('account_id', e.account_id, 'sum_minor', e.mark_minor,
                                                'is_stale', e.is_stale))
              from exact e where e.entries > mark_every or e.is_marked and e.is_stale)
      into last_id, checked, findings, marks
      from ends;
    status := 'checked';
    next_after := last_id::text;

    if marks is not null then
        perform keep_audit_marks(marks, settled_at);
    end if;
end;
$$;

create or replace function billing.keep_audit_marks(in_marks jsonb, in_settled_at timestamptz)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: writes down the sums of older entries that billing.audit_parts has added up, [{account_id, sum_minor,
-- is_stale}], and drops the stale ones. Writes audit_marks.
begin
    delete from audit_marks m using jsonb_to_recordset(in_marks) as k (account_id bigint, is_stale boolean)
     where k.is_stale and m.account_id = k.account_id;
    insert into audit_marks as m (account_id, upto, sum_minor)
    select k.account_id, in_settled_at, k.sum_minor
      from jsonb_to_recordset(in_marks) as k (account_id bigint, sum_minor numeric, is_stale boolean)
     where not k.is_stale order by k.account_id
    on conflict (account_id) do update set upto = excluded.upto, sum_minor = excluded.sum_minor
     where m.upto < excluded.upto;
end;
$$;
