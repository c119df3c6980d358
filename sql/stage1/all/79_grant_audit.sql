-- Who may audit: the coordinator's auditor and operators. What is asked of another node's auditor is read
-- over dblink as billing_peer. Functions of 70 to 78 that are not named are internal.
set role billing_owner;
grant execute on function
    billing.audit_parts(text, integer),
    billing.audit_entries(text, integer),
    billing.audit_pay_outs(text, integer),
    billing.audit_drains(text, integer),
    billing.audit_doubt(integer, integer),
    billing.audit_offsets(),
    billing.audit_transfers(integer, text, integer, integer),
    billing.audit_arrivals(text, integer, integer),
    billing.audit_decisions(integer, text, integer, integer),
    billing.audit_copies(integer, text, text, integer, integer),
    billing.list_audit_faults(boolean, integer),
    billing.list_audit_runs(),
    billing.count_audit_faults()
to billing_coordinator, billing_operator;

grant execute on function
    billing.remember_offsets(),
    billing.record_audit(text, boolean, text, bigint, jsonb, boolean, boolean, bigint)
to billing_coordinator;

grant execute on function billing.audit_sums(bigint, bigint, integer) to billing_operator;

grant execute on function
    billing.transfers_credited(uuid[]),
    billing.transfers_sent(uuid[], integer),
    billing.reservations_held(uuid[]),
    billing.digests(text, text, integer, text[])
to billing_peer;
reset role;
