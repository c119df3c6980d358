create or replace function billing.take_transfers(
    in_transfer_ids   uuid[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[],
    in_may_ask        boolean
)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.take_transfers(4)
--
--   Second step of transfers, called by the sender (billing.caller_node_id):
--   credits each transfer that the sender's own rows show, once, however often it
--   comes. A call alone is worth nothing: who has a sender's password, and not its
--   database, makes no money. Neither a deletion of the account nor its row not
--   having replicated yet stops money that is under way.
--
-- Parameters
--   one element a transfer
--   in_may_ask  ask the sender, over this node's own connection to it, about those
--               that replication has not shown yet: for when it takes long
-- Returns   {refused: ids that are known here with another account or amount, or
--            shown with one, or beyond what a balance can hold,
--            unseen: ids that nothing shows yet: bring them again}
--           All others are credited, now or before
-- Locks     unique keys of transaction_log, then account_balances in account
--           order, as pay-ins take them
-- Writes    transaction_log, account_balances; node_breakers when it asks
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    verdicts text[] := judge_transfers(in_transfer_ids, in_account_ids, in_amounts_minor, in_may_ask);
begin
    perform credit_transfers(array_agg(t.id order by t.id), array_agg(t.account_id order by t.id), array_agg(t.amount_minor order by t.id))
       from unnest(in_transfer_ids, in_account_ids, in_amounts_minor, verdicts) as t (id, account_id, amount_minor, verdict)
      where t.verdict = 'shown'
     having count(*) > 0;
    return (
        select jsonb_build_object('refused', coalesce(jsonb_agg(t.id) filter (where is_other or t.verdict <> 'unseen'), '[]'),
                                  'unseen', coalesce(jsonb_agg(t.id) filter (where not is_other and t.verdict = 'unseen'), '[]'))
          from unnest(in_transfer_ids, in_account_ids, in_amounts_minor, verdicts) as t (id, account_id, amount_minor, verdict)
          -- limit keeps it at one look into transaction_log_once for each, whatever the planner
          -- thinks of a log that grows faster than its statistics.
          left join lateral (select l.account_id, l.amount_minor from transaction_log l
                              where l.operation_id = t.id and l.node_id = local_node_id()
                                and l.operation_type = 'transfer_in'
                              limit 1) known on true
          cross join lateral (select known.account_id is not null as is_other) other
         where (known.account_id, known.amount_minor) is distinct from (t.account_id, t.amount_minor));
end;
$$;

create or replace function billing.judge_transfers(
    in_transfer_ids   uuid[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[],
    in_may_ask        boolean
)
returns text[]
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: of each transfer that the caller brings, whether its rows show it: shown, with this content; other, with another;
-- unseen. Its rows are what replication brought of them, and what it says when it is asked. Of a node of version 7,
-- which nobody can tell from another: shown.
declare
    ask_ms   constant integer := 1000;   -- with connecting still less than a sender waits
    caller   constant integer := caller_node_id();
    said     jsonb := '[]';
    verdicts text[];
begin
    if caller is null then
        return array_fill('shown'::text, array[cardinality(in_transfer_ids)]);
    end if;
    for round in 1 .. 2 loop
        verdicts := array(
            select case when s.id is null then 'unseen'
                        when (s.account_id, s.amount_minor) = (t.account_id, t.amount_minor) then 'shown'
                        else 'other' end
              from unnest(in_transfer_ids, in_account_ids, in_amounts_minor) with ordinality as t (id, account_id, amount_minor, ordinal)
              left join lateral (
                       select r.id, r.account_id, r.amount_minor from transfers r
                        where r.id = t.id and r.node_id = caller and r.to_node_id = local_node_id()
                          and r.state in ('in_transit', 'delivered')
                       union all
                       select a.id, a.account_id, a.amount_minor
                         from jsonb_to_recordset(said) as a (id uuid, account_id bigint, amount_minor bigint)
                        where a.id = t.id
                       limit 1) s on true
             order by t.ordinal);
        exit when round = 2 or not in_may_ask or caller = local_node_id() or 'unseen' <> all (verdicts);
        begin
            said := coalesce((ask_node(caller, format('select billing.transfers_sent(%L, %s)::text',
                array(select t.id from unnest(in_transfer_ids, verdicts) as t (id, verdict) where t.verdict = 'unseen'),
                local_node_id()), ask_ms)).answer::jsonb, '[]');
        exception when others then
            -- It cannot say it now: they stay unseen.
            raise notice 'node % does not show its transfers: %', caller, sqlerrm;
        end;
    end loop;
    return verdicts;
end;
$$;

create or replace function billing.credit_transfers(
    in_transfer_ids   uuid[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[]
)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: credits each once; none of an account whose balance they would take beyond bigint.
declare
    self          integer  := local_node_id();
    full_accounts bigint[] := '{}';
begin
    for try in 1 .. 2 loop
        begin
            with entries as (
                insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
                select t.account_id, t.amount_minor, t.id, self, 'transfer_in'
                  from unnest(in_transfer_ids, in_account_ids, in_amounts_minor)
                       as t (id, account_id, amount_minor)
                 where t.amount_minor > 0 and t.account_id <> all (full_accounts)
                 order by t.id
                on conflict (operation_id, node_id, operation_type)
                    where operation_type in ('pay_in', 'transfer_in') do nothing
                returning account_id, amount_minor
            )
            insert into account_balances as b (account_id, node_id, balance_minor, income_minor)
            select account_id, self, sum(amount_minor), sum(amount_minor)
              from entries group by account_id order by account_id
            on conflict (account_id, node_id) do update
               set balance_minor = b.balance_minor + excluded.balance_minor,
                   income_minor  = b.income_minor  + excluded.income_minor;
            exit;
        exception when numeric_value_out_of_range then
            full_accounts := accounts_over_limit(in_account_ids, in_amounts_minor);
        end;
    end loop;
end;
$$;
