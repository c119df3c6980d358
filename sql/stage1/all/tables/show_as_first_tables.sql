-- The tables of the first version, by their names and in major units. For people and reports:
-- granted to operators, not to the apps. No functions of ours in them: those are called with the
-- reader's rights, not the owner's.
set role billing_owner;
create or replace view public.accounts as
    select id, username, is_deleted, currency from billing.accounts;

create or replace view public.services as
    select s.id, s.name,
           round(coalesce((select p.price from billing.service_prices p
                            where p.service_id = s.id and p.valid_from <= clock_timestamp() order by p.valid_from desc limit 1),
                          s.price_minor / 10::numeric ^ c.exponent), c.exponent) as price, s.currency
      from billing.services s
      join billing.currencies c on c.code = s.currency;

create or replace view public.account_balances as
    select b.account_id, b.node_id, round(b.balance_minor / 10::numeric ^ c.exponent, c.exponent) as balance
      from billing.account_balances b
      join billing.accounts a on a.id = b.account_id
      join billing.currencies c on c.code = a.currency;

create or replace view public.node_config as
    select node_id, encrypted_dsn from billing.node_config;

-- Entries of other nodes that are not rows of transaction_log yet. Beside each the arrays of its batch, so that a look for
-- one account or operation passes over a batch without it.
create or replace view billing.packed_entries as
    select e.id, e.account_id, e.amount_minor, b.created_at, e.operation_id, b.node_id, b.operation_type, e.reference,
           b.account_ids, b.operation_ids
      from billing.arrived_batches b
     cross join lateral unnest(b.entry_ids, b.account_ids, b.amounts_minor, b.operation_ids, b.entry_references)
           as e (id, account_id, amount_minor, operation_id, reference);

-- Every entry that is known here: each once, in one snapshot.
create or replace view billing.entries as
    select id, account_id, amount_minor, created_at, operation_id, node_id, operation_type, reference from billing.transaction_log
    union all
    select id, account_id, amount_minor, created_at, operation_id, node_id, operation_type, reference from billing.packed_entries;

-- An operation once, with a positive amount. A pay-out has entries at every node it took money from
-- (pay_out, reserve, release, return, one operation_id): they are one withdrawal here. Transfers move money
-- between parts of one account and are nobody's operation.
create or replace view public.transaction_log as
    select l.id, l.account_id, l.node_id,
           case when l.amount_minor > 0 then 'deposit' else 'withdraw' end as operation_type,
           round(abs(l.amount_minor) / 10::numeric ^ c.exponent, c.exponent) as amount,
           l.created_at
      from billing.entries l
      join billing.accounts a on a.id = l.account_id
      join billing.currencies c on c.code = a.currency
     where l.operation_type in ('pay_in', 'deposit', 'opening', 'correction', 'refund')
    union all
    select o.id, o.account_id, o.node_id, 'withdraw', round(-o.amount_minor / 10::numeric ^ c.exponent, c.exponent), o.created_at
      from (select account_id, operation_id, sum(amount_minor) as amount_minor, min(created_at) as created_at,
                   (array_agg(id order by operation_type <> 'pay_out', created_at, id))[1] as id,
                   (array_agg(node_id order by operation_type <> 'pay_out', created_at, id))[1] as node_id
              from billing.entries
             where operation_type in ('pay_out', 'reserve', 'release', 'return')
             group by account_id, operation_id
            having sum(amount_minor) < 0) o
      join billing.accounts a on a.id = o.account_id
      join billing.currencies c on c.code = a.currency;
reset role;
