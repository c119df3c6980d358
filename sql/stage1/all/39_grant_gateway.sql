-- What the gateway may call: reads, and nothing that writes.
-- billing.list_services comes later in name order: 59_grant_coordinator.sql grants it.
set role billing_owner;
grant execute on function
    billing.get_account(bigint),
    billing.find_accounts(text, bigint, integer),
    billing.get_balance(bigint),
    billing.get_pay_in(uuid, integer, text, integer, bigint),
    billing.list_transactions(bigint, timestamptz, integer, bigint, integer)
to billing_gateway;
reset role;
