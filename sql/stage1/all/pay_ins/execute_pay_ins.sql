create or replace function billing.execute_pay_ins(in_requests jsonb)
returns jsonb
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.execute_pay_ins(1)
--
--   Pay-ins whose home is here and whose message another node's Kafka took: each is
--   credited once by its command id, however often it comes. Called as billing_peer.
--
-- Parameters
--   in_requests  an array of {command_id, account_id, amount_minor, currency, reference,
--                metadata (an object), tenant}; numbers as decimal strings
-- Returns   for each, in their order, {verdict, reason, explanation, is_known}: applied, now
--           or before; parked, the account is not known here yet, or (is_known) takes no credits; dead
-- Locks     unique keys of transaction_log, account_balances in account order
-- Writes    transaction_log, account_balances, operation_metadata, batches
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    -- Of no place in a topic of this node: no operator has parked it here (is_wanted).
    taken         constant parked_pay_ins[] := array(
        select jsonb_populate_record(null::parked_pay_ins, r.request - '{topic,home_node_id}'::text[])
          from jsonb_array_elements(in_requests) with ordinality as r (request, i) order by r.i);
    full_accounts bigint[];
begin
    if cardinality(taken) = 0 then
        return '[]';
    end if;
    full_accounts := credit_parked(taken);
    return (select jsonb_agg(to_jsonb(j) || jsonb_build_object('is_known', exists (
                       select from accounts a where a.id = m.account_id and a.tenant = m.tenant)) order by i)
              from generate_subscripts(taken, 1) i
             cross join lateral (select (taken[i]).*) m
             cross join lateral judge_unapplied(m.command_id, m.account_id, m.amount_minor, m.currency, m.reference, null, null,
                                                m.account_id = any (full_accounts), true, m.tenant) j);
end;
$$;
