create or replace function billing.credit_pay_ins(
    in_skip            integer,
    in_command_ids     uuid[],
    in_account_ids     bigint[],
    in_amounts_minor   bigint[],
    in_currencies      text[],
    in_references      text[],
    in_full_accounts   bigint[],
    in_tenants         text[],
    in_topic           text    default null,
    in_partition_id    integer default null,
    in_next_offset     bigint  default null
)
returns integer
language plpgsql
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- ---------------------------------------------------------------------------
-- billing.credit_pay_ins(11)
--
--   The hot statement of a batch: entries not seen before, here or at other nodes,
--   then their sums per account. What it does not insert, billing.keep_unapplied explains.
--   The upsert takes balance rows in account order (insert ... select ... order
--   by), so that two batches that share accounts queue up and never deadlock.
--   Where this node sends batches (is_packed), it writes the one that says all of
--   it: of a batch credited whole, the caller's own arrays.
--
-- Parameters
--   in_skip            this many leading messages were stored before
--   in_tenants         whose each message is; null: the default tenant's. An account of
--                      another tenant is not credited
--   in_full_accounts   accounts to leave alone: they would leave bigint
--   in_topic, in_partition_id, in_next_offset
--                      up to where the partition is stored with it, for other nodes to know; null: not by a batch
-- Returns   number of entries inserted
-- Locks     unique keys of transaction_log, then account_balances in account order
-- Writes    transaction_log, account_balances, batches
-- Raises    22003 a balance would leave the range of bigint, 40001 an account was frozen
--           meanwhile (nothing is written)
-- ---------------------------------------------------------------------------
declare
    self     integer := local_node_id();
    inserted integer;
    entries  bigint[];
    has_frozen boolean;
    batch    batches;
begin
    -- The form is read with the locks of both tables held: by this very statement, or one before it.
    with batch as materialized (
        select case when is_packed() then nextval('batch_id_seq') else 0 end as id
    ), entries as (
        insert into transaction_log
               (account_id, amount_minor, operation_id, node_id, operation_type, reference)
        select m.account_id, m.amount_minor, m.command_id, self, 'pay_in', m.reference
          from unnest(in_command_ids, in_account_ids, in_amounts_minor, in_currencies, in_references, in_tenants)
               with ordinality as m (command_id, account_id, amount_minor, currency, reference, tenant, index)
          join accounts a on a.id = m.account_id and not a.is_deleted and not a.credits_frozen and a.currency = m.currency
           and a.tenant = coalesce(m.tenant, 'default')
         where m.index > in_skip and m.amount_minor > 0
           and m.account_id <> all (in_full_accounts)
           -- What another node has credited and keeps, as far as it has come here.
           -- No join: a look into the index for each, whatever the table was when this was planned.
           and (select l.node_id from transaction_log l
                 where l.operation_id = m.command_id and l.operation_type = 'pay_in' and l.node_id <> self
                   and not is_taken_back(l.node_id, l.operation_id) limit 1) is null
         -- Of one command id twice in a batch the first counts; a join alone keeps no order.
         order by m.index
        on conflict (operation_id, node_id, operation_type)
            where operation_type in ('pay_in', 'transfer_in') do nothing
        returning id, account_id, amount_minor
    ), sums as (
        select account_id, sum(amount_minor)::bigint as amount_minor
          from entries group by account_id
    ), credited as (
        insert into account_balances as b (account_id, node_id, balance_minor, income_minor, batch_id)
        select account_id, self, amount_minor, amount_minor, (select id from batch) from sums order by account_id
        on conflict (account_id, node_id) do update
           set balance_minor = b.balance_minor + excluded.balance_minor,
               income_minor  = b.income_minor  + excluded.income_minor,
               batch_id      = excluded.batch_id
        returning account_id, balance_minor, income_minor, reserved_minor, held_minor, is_frozen
    )
    select b.id, e.ids, p.* into batch.id, entries, batch.part_account_ids, batch.balances_minor, batch.incomes_minor,
           batch.reserved_minor, batch.held_minor, has_frozen
      from batch b,
           (select array_agg(id) as ids from entries) e,
           (select array_agg(account_id), array_agg(balance_minor), array_agg(income_minor), array_agg(reserved_minor),
                   case when max(held_minor) > 0 then array_agg(held_minor) end, bool_or(is_frozen)
              from credited) p;
    -- Frozen since the accounts were read: their parts are locked by now.
    if has_frozen and exists (select from accounts a where a.id = any (batch.part_account_ids) and a.credits_frozen) then
        raise exception 'an account was frozen meanwhile' using errcode = '40001';
    end if;
    inserted := coalesce(cardinality(entries), 0);
    if batch.id > 0 and (inserted > 0 or in_topic is not null) then
        insert into batches (id, node_id, operation_type, entry_ids, account_ids, amounts_minor, operation_ids, entry_references,
                             part_account_ids, balances_minor, incomes_minor, reserved_minor, held_minor, stored_topic,
                             stored_partition_id, stored_next_offset)
        select batch.id, self, 'pay_in', c.*, batch.part_account_ids, batch.balances_minor, batch.incomes_minor,
               batch.reserved_minor, batch.held_minor, in_topic, in_partition_id, in_next_offset
          from contents_of(entries, in_command_ids, in_account_ids, in_amounts_minor, in_references) c;
    end if;
    return inserted;
end;
$$;

create or replace function billing.contents_of(
    in_entry_ids      bigint[],
    in_command_ids    uuid[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[],
    in_references     text[],
    out entry_ids         bigint[],
    out account_ids       bigint[],
    out amounts_minor     bigint[],
    out operation_ids     uuid[],
    out entry_references  text[]
)
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the entries of a batch that was just credited, packed, in order of id. When all of it was, what it came as is what was
-- inserted, in the same order.
begin
    if cardinality(in_entry_ids) = cardinality(in_command_ids) then
        entry_ids := in_entry_ids; account_ids := in_account_ids; amounts_minor := in_amounts_minor;
        operation_ids := in_command_ids; entry_references := in_references;
    else
        select array_agg(l.id), array_agg(l.account_id), array_agg(l.amount_minor), array_agg(l.operation_id), array_agg(l.reference)
          into entry_ids, account_ids, amounts_minor, operation_ids, entry_references
          from (select l.* from unnest(in_entry_ids) e join transaction_log l on l.node_id = local_node_id() and l.id = e
                 order by l.id) l;
    end if;
end;
$$;
