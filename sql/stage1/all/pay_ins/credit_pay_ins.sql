create or replace function billing.credit_pay_ins(
    in_skip            integer,
    in_command_ids     uuid[],
    in_account_ids     bigint[],
    in_amounts_minor   bigint[],
    in_currencies      text[],
    in_references      text[],
    in_full_accounts   bigint[],
    in_tenants         text[]
)
returns integer
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.credit_pay_ins(8)
--
--   The hot statement of a batch: entries not seen before, then their sums per
--   account. What it does not insert, billing.keep_unapplied explains.
--   The upsert takes balance rows in account order (insert ... select ... order
--   by), so that two batches that share accounts queue up and never deadlock.
--
-- Parameters
--   in_skip            this many leading messages were stored before
--   in_tenants         whose each message is; null: the default tenant's. An account of
--                      another tenant is not credited
--   in_full_accounts   accounts to leave alone: they would leave bigint
-- Returns   number of entries inserted
-- Locks     unique keys of transaction_log, then account_balances in account order
-- Writes    transaction_log, account_balances
-- Raises    22003 a balance would leave the range of bigint (nothing is written)
-- ---------------------------------------------------------------------------
declare
    self     integer := local_node_id();
    inserted integer;
begin
    with entries as (
        insert into transaction_log
               (account_id, amount_minor, operation_id, node_id, operation_type, reference)
        select m.account_id, m.amount_minor, m.command_id, self, 'pay_in', m.reference
          from unnest(in_command_ids, in_account_ids, in_amounts_minor, in_currencies, in_references, in_tenants)
               with ordinality as m (command_id, account_id, amount_minor, currency, reference, tenant, index)
          join accounts a on a.id = m.account_id and not a.is_deleted and a.currency = m.currency
           and a.tenant = coalesce(m.tenant, 'default')
         where m.index > in_skip and m.amount_minor > 0
           and m.account_id <> all (in_full_accounts)
         -- Of one command id twice in a batch the first counts; a join alone keeps no order.
         order by m.index
        on conflict (operation_id, node_id, operation_type)
            where operation_type in ('pay_in', 'transfer_in') do nothing
        returning account_id, amount_minor
    ), sums as (
        select account_id, sum(amount_minor)::bigint as amount_minor, count(*) as entries
          from entries group by account_id
    ), credited as (
        insert into account_balances as b (account_id, node_id, balance_minor, income_minor)
        select account_id, self, amount_minor, amount_minor from sums order by account_id
        on conflict (account_id, node_id) do update
           set balance_minor = b.balance_minor + excluded.balance_minor,
               income_minor  = b.income_minor  + excluded.income_minor
    )
    select coalesce(sum(entries), 0)::integer into inserted from sums;
    return inserted;
end;
$$;
