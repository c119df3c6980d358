create or replace function billing.count_clawbacks(out taken bigint, out open bigint, out deleted bigint, out different bigint)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_clawbacks()
--
--   Pay-ins of this node that another one had credited before under the same command
--   id.
--
-- Returns
--   taken      taken back here, ever
--   open       to be taken back: there was no money, or not all of it
--   deleted    of those, of deleted accounts: no money comes any more
--   different  found here within 30 days: under one command id two pay-ins that say
--              different things
-- Raises    –
-- ---------------------------------------------------------------------------
    select count(*) filter (where c.taken_minor = c.amount_minor),
           count(*) filter (where c.taken_minor < c.amount_minor and not a.is_deleted)
           + (select count(*) from arrived_duplicate_pay_ins),
           count(*) filter (where c.taken_minor < c.amount_minor and a.is_deleted),
           (select count(*) from duplicate_pay_ins d
             where not d.is_same and d.node_id = local_node_id() and d.found_at > now() - interval '30 days')
      from clawbacks c
      join accounts a on a.id = c.account_id
     where c.node_id = local_node_id();
$$;
