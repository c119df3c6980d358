create or replace function billing.get_pay_in(
    in_command_id     uuid,
    in_node_id        integer,
    in_topic          text,
    in_partition      integer,
    in_offset         bigint,
    in_tenants        text[] default '{default}',
    out outcome       text,
    out node_id       integer,
    out account_id    bigint,
    out amount_minor  bigint,
    out currency      char(3),
    out reference     text,
    out metadata      jsonb,
    out occurred_at   timestamptz,
    out reason        billing.dead_letter_reason,
    out detail        text
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.get_pay_in(6)
--
--   What became of a pay-in. Parked pay-ins and dead letters stay at the node
--   that took the message; an entry is known everywhere once replicated.
--
-- Parameters
--   in_node_id, in_topic, in_partition, in_offset
--                 the receipt: where the message was published. All null when
--                 the caller has none; accepted cannot be told then
--   in_tenants    as of billing.get_account: what became of a stranger's is not told. An
--                 entry whose account's row is copied anew is the default tenant's until then, and
--                 unknown to others, node_id naming the home that is copied
-- Returns
--   outcome       first that holds:
--                 applied    credited at node_id, at occurred_at
--                 forwarded  credited at node_id, its home; the entry has not arrived yet
--                 parked     its account is not known here yet, or its home has not
--                            credited it yet; tried again
--                 rejected   dead letter: reason, detail. One that was replayed
--                            or corrected does not count: it is under way again.
--                            Discarded is for ever; the detail says what is left
--                 accepted   in the topic of this node, not consumed yet
--                 unknown    never seen here, as far as can be told
--   metadata      of an applied one stays where it was credited: null elsewhere
--   the rest      null where it is not known or does not apply; currency also
--                 while the account's row is not here (see billing.list_copies)
-- ---------------------------------------------------------------------------
declare
    letter dead_letters;
begin
    select l.node_id, l.account_id, l.amount_minor, a.currency, l.reference, l.created_at
      into node_id, account_id, amount_minor, currency, reference, occurred_at
      from entries_of_pay_in(in_command_id) l
      left join accounts a on a.id = l.account_id
     where (in_tenants is null or coalesce(a.tenant, 'default') = any (in_tenants))
     -- Of two, the one that stands.
     order by l.created_at, l.node_id
     limit 1;
    if found then
        outcome := 'applied';
        metadata := (select m.metadata from operation_metadata m where m.operation_id = in_command_id);
        return;
    end if;

    account_id := (select l.account_id from entries_of_pay_in(in_command_id) l
                    where not exists (select from accounts a where a.id = l.account_id) limit 1);
    if account_id is not null then
        outcome := 'unknown'; node_id := account_id % 64; account_id := null;
        return;
    end if;

    select f.account_id, f.amount_minor, f.currency, f.reference, f.forwarded_at, f.home_node_id
      into account_id, amount_minor, currency, reference, occurred_at, node_id
      from forwarded_pay_ins f
     where f.command_id = in_command_id and (in_tenants is null or f.tenant = any (in_tenants));
    if found then
        outcome := 'forwarded';
        return;
    end if;

    node_id := local_node_id();
    select p.account_id, p.amount_minor, p.currency, p.reference, p.metadata, p.parked_at,
           describe_waiting(p)
      into account_id, amount_minor, currency, reference, metadata, occurred_at, detail
      from parked_pay_ins p
     where p.command_id = in_command_id and (in_tenants is null or p.tenant = any (in_tenants))
     order by p.parked_at desc
     limit 1;
    if found then
        outcome := 'parked';
        return;
    end if;

    select d.* into letter
      from (select * from dead_letters where command_id = in_command_id
            union
            -- An operator gave its message this id.
            select l.* from dead_letter_acts a
              join dead_letters l using (topic, partition_id, message_offset, incarnation)
             where a.command_id = in_command_id) d
     where in_tenants is null or d.tenant = any (in_tenants)
     order by d.recorded_at desc, d.message_offset desc
     limit 1;
    if found and letter.state in ('open', 'discarded') then
        outcome := 'rejected';
        account_id := letter.account_id;
        occurred_at := letter.recorded_at;
        reason := letter.reason;
        detail := letter.detail || case letter.state when 'discarded' then
            '; discarded by an operator, for ever: sent again it becomes a dead letter, which an operator may replay'
            else '' end;
    elsif letter.state in ('replayed', 'corrected') then
        outcome := 'accepted';
    elsif in_node_id = local_node_id() and in_offset >= coalesce(
              (select o.next_offset from consumer_offsets o
                where o.topic = in_topic and o.partition_id = in_partition), 0) then
        outcome := 'accepted';
    else
        outcome := 'unknown';
        node_id := null;
    end if;
end;
$$;

create or replace function billing.entries_of_pay_in(in_command_id uuid)
returns setof billing.entries
language sql
stable
as $$
-- Internal: what a command was credited as, at whichever nodes. What is still packed is looked through only where no row has it. No
-- settings, so that it is inlined.
    select l.id, l.account_id, l.amount_minor, l.created_at, l.operation_id, l.node_id, l.operation_type, l.reference
      from billing.transaction_log l
     where l.operation_id = in_command_id and l.operation_type = 'pay_in'
    union all
    select p.id, p.account_id, p.amount_minor, p.created_at, p.operation_id, p.node_id, p.operation_type, p.reference
      from billing.packed_entries p
     where in_command_id = any (p.operation_ids) and p.operation_id = in_command_id and p.operation_type = 'pay_in'
       and not exists (select from billing.transaction_log l
                        where l.operation_id = in_command_id and l.operation_type = 'pay_in');
$$;

create or replace function billing.describe_waiting(in_message billing.parked_pay_ins)
returns text
language sql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what a parked pay-in waits for, for people.
    select case when in_message.home_node_id is not null then format('waits for its home dc%s', in_message.home_node_id)
                when exists (select from accounts a where a.id = in_message.account_id and a.tenant = in_message.tenant and a.credits_frozen)
                    then format('credits of account %s are frozen', in_message.account_id)
                else format('account %s is not known here yet', in_message.account_id) end;
$$;
