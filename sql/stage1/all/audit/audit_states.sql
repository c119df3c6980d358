create or replace function billing.audit_states(
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
-- billing.audit_states(2)
--
--   Accounts that this node has confirmed a state of, in order of id. One statement,
--   one snapshot.
--
--   frozen   nothing that a state refuses was begun here while it was confirmed: no
--            pay-out and no reserve, no pay-in. Half a minute at either end is left out
--            (billing.entry_slack)
--
-- Parameters
--   in_after  an account's id; '' from the beginning. in_limit counts states
-- Returns, Raises   as billing.audit_parts
-- ---------------------------------------------------------------------------
declare
    self      constant integer := local_node_id();
    after_id  constant bigint := after_account(in_after);
    last_id   bigint;
begin
    select max(c.account_id), count(*) into last_id, checked
      from (select s.account_id from confirmed_states s where s.account_id > after_id order by s.account_id limit in_limit) c;
    with state as (
        select s.*, lead(s.confirmed_at, 1, 'infinity') over (partition by s.account_id order by s.state_version) as until_at
          from confirmed_states s where s.account_id > after_id and s.account_id <= last_id
    ), finding as (
        select audit_finding('frozen', self, s.account_id, l.operation_id || ' ' || l.operation_type, 0, l.amount_minor,
                             'begun here after this node had confirmed that the account is frozen') as f
          from state s
          join transaction_log l on l.account_id = s.account_id and l.node_id = self
           and l.created_at > s.confirmed_at + entry_slack() and l.created_at < s.until_at - entry_slack()
         where s.debits_frozen and l.operation_type in ('pay_out', 'reserve')
            or s.credits_frozen and l.operation_type in ('pay_in', 'deposit')
    )
    select coalesce(jsonb_agg(f), '[]') into findings from finding;
    status := 'checked';
    -- An account's states are looked at together.
    next_after := case when checked = in_limit then last_id::text end;
end;
$$;
