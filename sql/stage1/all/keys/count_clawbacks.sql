create or replace function billing.count_clawbacks(out settled bigint, out open bigint, out different bigint)
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
--   settled    taken back here, ever
--   open       to be taken back: there was no money, or not all of it
--   different  found here within 30 days: under one command id two pay-ins that say
--              different things
-- Raises    –
-- ---------------------------------------------------------------------------
    select (select count(*) from clawbacks c where c.node_id = local_node_id() and c.taken_minor = c.amount_minor),
           (select count(*) from clawbacks c where c.node_id = local_node_id() and c.taken_minor < c.amount_minor)
           + (select count(*) from arrived_duplicate_pay_ins),
           (select count(*) from duplicate_pay_ins d
             where not d.is_same and d.node_id = local_node_id() and d.found_at > now() - interval '30 days');
$$;
