-- What the demo counts (tools/demo), and whoever mends by hand. Reads only, for role billing_operator: the grant
-- stands at the end of this file.
set role billing_owner;
create or replace function billing.count_entries(
    in_account_ids     bigint[],
    in_operation_type  billing.operation_type
)
returns table (account_id bigint, node_id integer, entries bigint, amount_minor numeric)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_entries(2)
--
--   How many entries of these accounts this node knows, by the node that wrote
--   them, and what they add up to.
--
-- Parameters
--   in_operation_type  null: any
-- Returns   a row for each account and node that has an entry
-- ---------------------------------------------------------------------------
    select l.account_id, l.node_id, count(*), sum(l.amount_minor)
      from transaction_log l
     where l.account_id = any (in_account_ids)
       and (in_operation_type is null or l.operation_type = in_operation_type)
     group by l.account_id, l.node_id;
$$;

grant execute on function billing.count_entries(bigint[], billing.operation_type) to billing_operator;
-- The older reads of letters: 80_find_dead_letters.sql and find_parked_pay_ins answer the same questions.
drop function if exists billing.list_parked_pay_ins(integer);
drop function if exists billing.list_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint, integer);
drop function if exists billing.get_dead_letter(text, integer, bigint, integer);
reset role;
