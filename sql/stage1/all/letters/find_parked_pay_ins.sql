create or replace function billing.find_parked_pay_ins(
    in_limit              integer,
    in_after_parked_at    timestamptz,
    in_after_topic        text,
    in_after_partition    integer,
    in_after_offset       bigint,
    in_after_incarnation  integer,
    in_tenants            text[] default '{default}'
)
returns table (
    topic           text,
    partition_id    integer,
    message_offset  bigint,
    incarnation     integer,
    command_id      uuid,
    account_id      bigint,
    amount_minor    bigint,
    currency        char(3),
    reference       text,
    parked_at       timestamptz,
    retried_at      timestamptz,
    tries           bigint,
    home_node_id    integer,
    is_frozen       boolean
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.find_parked_pay_ins(7)
--
--   Pay-ins of this node that wait for their account's row, or until it takes credits, or
--   for their home, oldest first.
--
-- Parameters
--   in_tenants   whose the caller may see; null: all
--   in_after_…   the last row of the page before; all null: the first page
-- Returns
--   retried_at, tries   by operators; the worker's turns are not counted
--   home_node_id        another node, which is to credit it; null: it waits for its account
--   is_frozen           for it to be thawed
-- ---------------------------------------------------------------------------
    select p.topic, p.partition_id, p.message_offset, p.incarnation, p.command_id, p.account_id, p.amount_minor,
           p.currency, p.reference, p.parked_at, r.retried_at, r.tries, p.home_node_id,
           exists (select from accounts a where a.id = p.account_id and a.tenant = p.tenant and a.credits_frozen)
      from parked_pay_ins p
     cross join lateral (
           select max(a.acted_at) as retried_at, count(*) as tries
             from dead_letter_acts a
            where a.topic = p.topic and a.partition_id = p.partition_id and a.message_offset = p.message_offset
              and a.incarnation = p.incarnation and a.act = 'retry' and a.acted_at >= p.parked_at) r
     where (in_tenants is null or p.tenant = any (in_tenants))
       and (in_after_parked_at is null
        or (p.parked_at, p.topic, p.partition_id, p.message_offset, p.incarnation)
         > (in_after_parked_at, in_after_topic, in_after_partition, in_after_offset, in_after_incarnation))
     order by p.parked_at, p.topic, p.partition_id, p.message_offset, p.incarnation
     limit in_limit;
$$;
