set role billing_owner;
create or replace function billing.credit_opening(
    in_account_id    bigint,
    in_amount_minor  bigint,
    in_currency      text
)
returns void
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.credit_opening(3)
--
--   Internal: the money an account is opened with. All of it is credited here,
--   in the caller's transaction, and can be spent at once; an equal share in
--   whole major units is planned for each other node (the remainder stays) and
--   sent as a transfer after the commit. A node that is away gets its share
--   when it is back: see billing.begin_transfers.
--   Also behind public.add_account_balance.
--
-- Parameters
--   in_amount_minor  0 or more; 0 makes this node's balance row and nothing else
-- Locks     row of account_balances
-- Writes    transaction_log, account_balances, transfers
-- Raises    22003 the balance would leave bigint
-- ---------------------------------------------------------------------------
declare
    self  integer := local_node_id();
    unit  bigint  := (select 10 ^ exponent from currencies where code = in_currency)::bigint;
    share bigint  := in_amount_minor / unit / (select count(*) from node_config) * unit;
begin
    if in_amount_minor > 0 then
        insert into transaction_log (account_id, amount_minor, operation_id, node_id, operation_type)
        values (in_account_id, in_amount_minor, gen_random_uuid(), self, 'opening');
    end if;

    insert into account_balances as b (account_id, node_id, balance_minor, income_minor)
    values (in_account_id, self, in_amount_minor, in_amount_minor)
    on conflict (account_id, node_id) do update
       set balance_minor = b.balance_minor + excluded.balance_minor,
           income_minor  = b.income_minor  + excluded.income_minor;

    if share > 0 then
        insert into transfers (node_id, to_node_id, account_id, amount_minor)
        select self, n.node_id, in_account_id, share
          from node_config n
         where n.node_id <> self;
    end if;
end;
$$;
reset role;
