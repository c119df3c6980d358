create or replace function billing.pay_in_findings(in_account_ids bigint[])
returns setof jsonb
language sql
stable
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- Internal: of pay-ins that this node and another one have credited to these accounts (docs/key-homes.md): one of another content, for 30
-- days; one that nobody takes back within the slack of entries; a clawback that says something else than its pay-outs.
    select audit_finding('pay_in', local_node_id(), d.account_id, d.command_id || ' elsewhere', 0, d.amount_minor,
                         format('another pay-in was credited under the same command id at node %s',
                                case d.later_node_id when local_node_id() then d.stands_node_id else d.later_node_id end))
      from duplicate_pay_ins d
     where d.account_id = any (in_account_ids) and not d.is_same and d.node_id = local_node_id()
       and d.found_at > now() - interval '30 days'
    union all
    select audit_finding('pay_in', local_node_id(), e.account_id, e.operation_id || ' twice', 0, e.amount_minor,
                         format('node %s had credited it before, and nobody takes it back', f.node_id))
      from transaction_log e
     cross join lateral (select l.* from transaction_log l
                          where l.operation_id = e.operation_id and l.operation_type = 'pay_in' and l.node_id <> e.node_id offset 0) f
     where e.account_id = any (in_account_ids) and e.node_id = local_node_id() and e.operation_type = 'pay_in'
       and (f.created_at, f.node_id) < (e.created_at, e.node_id) and e.created_at < now() - entry_slack()
       and not is_taken_back(f.node_id, f.operation_id)
       -- Before, a command counted once at each node.
       and e.created_at > (select max(u.completed_at) from completed_upgrades u where u.version >= 10)
       and not is_taken_back(e.node_id, e.operation_id)
       and not exists (select from arrived_duplicate_pay_ins d where d.command_id = e.operation_id)
       and not exists (select from duplicate_pay_ins d where d.command_id = e.operation_id and not d.is_same)
       and not exists (select from batches b where e.operation_id = any (b.operation_ids))
    union all
    select audit_finding('pay_in', local_node_id(), c.account_id, c.command_id || ' clawback', p.minor, c.taken_minor,
                         'what its pay-outs have taken of a pay-in that was credited twice')
      from clawbacks c
     cross join lateral (select coalesce(sum(p.amount_minor), 0) as minor from pay_outs p
                          where p.id = any (c.pay_out_ids) and p.status = 'committed' and p.account_id = c.account_id) p
     where c.account_id = any (in_account_ids) and c.node_id = local_node_id() and p.minor <> c.taken_minor;
$$;
