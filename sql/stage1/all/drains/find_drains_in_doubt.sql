create or replace function billing.find_drains_in_doubt(in_limit integer)
returns table (
    stage         text,
    pay_out_id    uuid,
    attempt_id    uuid,
    account_id    bigint,
    amount_minor  bigint,
    currency      text,
    since         timestamptz,
    node_ids      integer[]
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.find_drains_in_doubt(1)
--
--   What billing.list_drains_in_doubt counts, one by one, the longest first. For
--   operators.
--
-- Parameters
--   in_limit      rows at most
-- Returns
--   stage         undecided, untold, reserved: as there
--   pay_out_id    null: the reservation is older than its column
--   amount_minor  of the attempt; reserved: of what is set aside here
--   currency      null: the account has not come here
--   since         its deadline; untold: when the attempt began
--   node_ids      who is waited for: this node itself, who has not heard, or the node that
--                 decides
-- ---------------------------------------------------------------------------
    with doubt as (
        select 'undecided' as stage, a.pay_out_id, a.id as attempt_id, a.account_id, a.amount_minor, a.deadline_at as since,
               array[local_node_id()] as node_ids
          from pay_out_attempts a
         where a.state = 'pending' and a.deadline_at < clock_timestamp()
        union all
        select 'untold', a.pay_out_id, a.id, a.account_id, a.amount_minor, a.started_at, a.untold_nodes
          from pay_out_attempts a
         where a.untold_nodes <> '{}' and a.state <> 'pending'
        union all
        select 'reserved', min(r.pay_out_id::text)::uuid, r.attempt_id, min(r.account_id), sum(r.amount_minor)::bigint, min(r.deadline_at),
               array[min(r.coordinator_node_id)]
          from reservations r
         where r.state = 'reserved' and r.deadline_at < clock_timestamp()
         group by r.attempt_id
    )
    select d.stage, d.pay_out_id, d.attempt_id, d.account_id, d.amount_minor, a.currency::text, d.since, d.node_ids
      from doubt d left join accounts a on a.id = d.account_id
     order by d.since, d.attempt_id
     limit in_limit;
$$;
