-- Dead letters and parked pay-ins: who looks, and who acts. Acts are the coordinator's, which knows the
-- client; people with psql look only, so that no act is without a client. The rest of 80 to 88 is internal.
set role billing_owner;
grant execute on function
    billing.find_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint, uuid, integer,
        timestamptz, text, integer, bigint, integer),
    billing.show_dead_letter(text, integer, bigint, integer),
    billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer)
to billing_gateway, billing_operator;

grant execute on function
    billing.count_found_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint)
to billing_operator;

grant execute on function
    billing.show_dead_letter(text, integer, bigint, integer),
    billing.replay_dead_letter(text, integer, bigint, integer, text, text, bigint, bigint, text, text, jsonb,
        billing.dead_letter_reason, text),
    billing.correct_dead_letter(text, integer, bigint, integer, text, text, uuid, uuid, bigint, bigint, text, text,
        jsonb),
    billing.discard_dead_letter(text, integer, bigint, integer, text, text),
    billing.list_parked_to_retry(integer),
    billing.retry_parked_pay_in(text, integer, bigint, integer, text, text),
    billing.discard_parked_pay_in(text, integer, bigint, integer, text, text)
to billing_coordinator;
reset role;
