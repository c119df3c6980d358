-- What the ledger worker may call, and the operator beside it.
grant usage on schema billing to billing_ledger_worker, billing_operator;
grant execute on function
    billing.claim_partition(text, integer, text, bigint, bigint),
    billing.apply_pay_ins(text, integer, bigint, bigint, bigint, bigint[], uuid[], bigint[], bigint[],
        text[], text[], integer[], jsonb[], integer[], billing.dead_letter_reason[], text[], bytea,
        integer[], integer[]),
    billing.halt_unreadable(text, integer, bigint, bigint, bigint, text),
    billing.retry_parked_pay_ins(integer, interval),
    billing.list_unpublished_dead_letters(integer, bigint, integer, timestamptz, text, integer, bigint, integer),
    billing.list_unpublished_dead_letters(integer),
    billing.mark_dead_letters_published(text[], integer[], bigint[], integer[]),
    billing.list_consumer_offsets(text)
    to billing_ledger_worker;
grant execute on function
    billing.list_consumer_offsets(text),
    billing.accept_offset(text, integer, bigint, text)
    to billing_operator;
