create or replace function billing.arrived_key(in_key_hash uuid, in_node_id integer default null)
returns billing.arrived_keys
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: what other nodes have said of a key: the earliest payment under it, of two at one moment the lower node's; else a
-- drain that may still end; else a refund, this node's, too. in_node_id: of that node alone. Null: nothing, or a drain of which nothing came in its time. A node
-- that was restored hears of its own, too.
begin
    return (
        select k from arrived_keys k
         where k.key_hash = in_key_hash and (in_node_id is null or k.node_id = in_node_id)
           and (k.deadline_at is null or k.deadline_at + untended_after() > clock_timestamp())
         order by k.fingerprint = 'refund', k.deadline_at is not null, k.created_at, k.node_id limit 1);
end;
$$;

create or replace function billing.describe_arrived_key(
    in_arrived       billing.arrived_keys,
    in_tenant        text,
    in_account_id    bigint,
    in_amount_minor  bigint,
    in_currency      text,
    in_reference     text,
    in_metadata      text
)
returns jsonb
language sql
stable
as $$
-- Internal: a paid one as billing.describe_pay_out tells it at its node. Its content is that of the request, whose fingerprint it
-- has; only the rest has travelled, and of a charge the price that was used, which may not be the one that was asked with; of one up
-- to an amount what was paid.
    select jsonb_build_object(
        'pay_out_id', in_arrived.pay_out_id, 'tenant', in_tenant, 'account_id', in_account_id::text,
        'amount_minor', a.minor, 'currency', in_currency, 'status', 'committed', 'rejection', null,
        'reference', in_reference, 'metadata', in_metadata, 'created_at', in_arrived.created_at,
        'decided_at', coalesce(in_arrived.decided_at, in_arrived.created_at), 'duplicate_of', null, 'charge', in_arrived.charge,
        'up_to', in_arrived.up_to,
        'parts', case when in_arrived.taken_nodes is null
            then jsonb_build_array(jsonb_build_object('node_id', in_arrived.node_id, 'amount_minor', a.minor))
            else (select coalesce(jsonb_agg(jsonb_build_object('node_id', t.node_id, 'amount_minor', t.amount_minor::text) order by t.node_id), '[]')
                    from unnest(in_arrived.taken_nodes, in_arrived.taken_minor) as t (node_id, amount_minor)) end)
      from (select coalesce(in_arrived.charge ->> 'amount_minor', in_arrived.up_to ->> 'amount_minor', in_amount_minor::text) as minor) a;
$$;
