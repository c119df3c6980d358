create or replace function billing.retry_parked_pay_ins(
    in_limit      integer,
    in_age_limit  interval,
    out applied   integer,
    out dead      integer,
    out waiting   integer
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.retry_parked_pay_ins(2)
--
--   Applies parked pay-ins whose account has arrived and takes credits, unless another node is their home, and buries those that
--   have waited too long, and those whose command an operator has discarded,
--   unless an operator's act parked them: that one wants them credited all the same.
--   Any worker of the node may call it at any time.
--
-- Parameters
--   in_limit      rows taken up at most; fewer when their keys and values have
--                 more than 16 MiB together, as a key has no bound but the
--                 broker's (metadata is not counted: it is part of the value)
--   in_age_limit  an account still unknown after this long is not coming, unless
--                 its home's rows are still being copied to this node
-- Returns
--   applied, dead  rows taken up by outcome (applied counts pay-ins that had
--                  been applied meanwhile, too)
--   waiting        rows still parked
-- Locks     parked_pay_ins (skip locked), unique keys of transaction_log,
--           account_balances in account order
-- Writes    transaction_log, account_balances, operation_metadata,
--           dead_letters; deletes from parked_pay_ins
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    bytes_max     constant integer := 16777216;
    taken         parked_pay_ins[];
    full_accounts bigint[];
    copied_nodes  integer[] := array(select c.node_id from list_copies() c);
begin
    with waiting as (
        select p.topic, p.partition_id, p.message_offset, p.incarnation, p.parked_at,
               coalesce(octet_length(p.message_key), 0) + octet_length(p.message_value) as bytes
          from parked_pay_ins p
         where p.home_node_id is null
           and (p.parked_at < now() - in_age_limit and p.account_id % 64 <> all (copied_nodes)
                or exists (select from accounts a where a.id = p.account_id and a.tenant = p.tenant))
           and not exists (select from accounts a where a.id = p.account_id and a.tenant = p.tenant and a.credits_frozen and not a.is_deleted)
         order by p.parked_at, p.message_offset
         limit in_limit
         for update skip locked
    ), counted as (
        select w.*, row_number() over oldest_first as number, sum(bytes) over oldest_first as bytes_until
          from waiting w
        window oldest_first as (order by parked_at, message_offset, topic, partition_id, incarnation)
    )
    select coalesce(array_agg(p order by c.number), '{}') into taken
      from counted c
      join parked_pay_ins p using (topic, partition_id, message_offset, incarnation)
     where c.bytes_until <= bytes_max or c.number = 1;

    if cardinality(taken) > 0 then
        full_accounts := credit_parked(taken);

        with judged as (
            select p.*, j.verdict, j.reason, j.explanation
              from unnest(taken) p
              cross join lateral billing.judge_unapplied(p.command_id, p.account_id, p.amount_minor,
                  p.currency, p.reference, null, null, p.account_id = any (full_accounts), not is_wanted(p), p.tenant) j
        ), leaving as (
            -- Still parked: over age it is buried; an account that came, or was frozen, this instant is for the next call.
            select * from judged j
             where verdict <> 'parked' or parked_at < now() - in_age_limit and account_id % 64 <> all (copied_nodes)
                   and not exists (select from accounts a where a.id = j.account_id and a.tenant = j.tenant)
        ), burying as (
            insert into dead_letters as d (topic, partition_id, message_offset, incarnation, command_id,
                   account_id, reason, detail, message_key, message_value, tenant)
            select topic, partition_id, message_offset, incarnation, command_id, account_id,
                   coalesce(reason, 'account_not_found'),
                   coalesce(explanation, format('account %s is unknown here after %s', account_id, in_age_limit)),
                   message_key, message_value, tenant
              from leaving where verdict <> 'applied'
            -- Parked by an operator's act: its letter is open again. One with a conflict keeps it.
            on conflict (topic, partition_id, message_offset, incarnation) do update
               set state = 'open', resolved_by = null, resolved_at = null, recorded_at = now(), published_at = null,
                   reason = case d.reason when 'command_conflict' then d.reason else excluded.reason end,
                   detail = excluded.detail
        ), unparking as (
            delete from parked_pay_ins p using leaving j
             where p.topic = j.topic and p.partition_id = j.partition_id
               and p.message_offset = j.message_offset and p.incarnation = j.incarnation
        )
        select count(*) filter (where verdict = 'applied'), count(*) filter (where verdict <> 'applied')
          into applied, dead
          from leaving;
    end if;

    applied := coalesce(applied, 0);
    dead := coalesce(dead, 0);
    waiting := (select count(*) from parked_pay_ins);
end;
$$;

create or replace function billing.credit_parked(in_taken billing.parked_pay_ins[])
returns bigint[]
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: credits parked rows with the same statement as a batch, and keeps their metadata; not those
-- whose command was discarded. Returns the accounts left alone because their balance would leave bigint.
declare
    full_accounts bigint[] := '{}';
    commands    uuid[];
    account_ids bigint[];
    amounts    bigint[];
    codes      text[];
    notes      text[];
    tenants    text[];
    indexes    integer[];
    documents  jsonb[];
begin
    select array_agg(p.command_id order by i), array_agg(p.account_id order by i),
           array_agg(case when p.is_wanted or describe_discard(p.command_id) is null then p.amount_minor end order by i),
           array_agg(p.currency::text order by i),
           array_agg(p.reference order by i), array_agg(p.tenant order by i),
           array_agg(i::integer order by i) filter (where p.metadata is not null),
           array_agg(p.metadata order by i) filter (where p.metadata is not null)
      into commands, account_ids, amounts, codes, notes, tenants, indexes, documents
      from (select (t.message).*, t.i, is_wanted(t.message)
              from (select in_taken[i] as message, i from generate_subscripts(in_taken, 1) i) t) p;
    begin
        perform credit_pay_ins(0, commands, account_ids, amounts, codes, notes, full_accounts, tenants);
    exception when numeric_value_out_of_range or serialization_failure then
        full_accounts := accounts_over_limit(account_ids, amounts);
        perform credit_pay_ins(0, commands, account_ids, amounts, codes, notes, full_accounts, tenants);
    end;
    perform keep_metadata(commands, account_ids, indexes, documents);
    return full_accounts;
end;
$$;
