create or replace function billing.retry_parked_pay_in(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer,
    in_client_id    text,
    in_note         text,
    in_tenants      text[] default '{default}',
    in_address      inet default null
)
returns billing.act_outcome
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.retry_parked_pay_in(8)
--
--   Tries a parked pay-in now rather than at the worker's next turn.
--
-- Parameters
--   in_incarnation, in_tenants  as in billing.show_dead_letter
--   in_address  where the client asked from; null: not known
-- Returns
--   result   not_found
--            applied, duplicate   no longer parked, by this call or by the same
--                                 client's before
--            parked               its account is still unknown, or its home has not
--                                 credited it yet
--            refused              now a dead letter: reason, detail
-- Locks     row of parked_pay_ins, unique key of transaction_log, row of account_balances
-- Writes    as billing.credit_message; dead_letters, dead_letter_acts; deletes from parked_pay_ins
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    message parked_pay_ins;
    credit  record;
    outcome act_outcome;
begin
    message := lock_parked_pay_in(in_topic, in_partition, in_offset, in_incarnation, in_tenants);
    if message.topic is null then
        select a.result, null, null, a.act, a.client_id, a.acted_at into outcome from dead_letter_acts a
         where a.topic = in_topic and a.partition_id = in_partition and a.message_offset = in_offset
           and a.incarnation = coalesce(in_incarnation, 1) and (in_tenants is null or a.tenant = any (in_tenants))
           and a.act = 'retry' and a.result <> 'parked' and a.client_id = in_client_id
         order by a.id desc
         limit 1;
        outcome.result := coalesce(outcome.result, 'not_found');
        return outcome;
    end if;
    credit := credit_message(message, not is_wanted(message));
    insert into dead_letter_acts (topic, partition_id, message_offset, incarnation, act, result, client_id, note, command_id,
           tenant, address, before, after)
    values (message.topic, message.partition_id, message.message_offset, message.incarnation, 'retry',
            credit.result, in_client_id, in_note, message.command_id, message.tenant, in_address, '{"state": "parked"}',
            jsonb_build_object('state', case credit.result when 'parked' then 'parked' when 'refused' then 'open'
                                                           else 'applied' end))
    returning result, credit.reason, credit.detail, act, client_id, acted_at into outcome;
    if credit.result = 'refused' then
        perform bury_parked_pay_in(message, credit.reason, credit.detail);
    end if;
    if credit.result <> 'parked' then
        perform unpark_pay_in(message);
    end if;
    return outcome;
end;
$$;
