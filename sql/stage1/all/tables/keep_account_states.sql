-- What of an account is frozen, and which node has heard of it (docs/accounts.md). Schema version 10.
reset role;
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.accounts'::regclass and attname = 'state_version') then
        perform pg_temp.lock_for_senders('billing.accounts');
        alter table billing.accounts
            -- A number of batch_id_seq of the account's home, which rises also where that was restored; 0: never changed.
            add column state_version bigint not null default 0,
            add column debits_frozen boolean not null default false,
            add column credits_frozen boolean not null default false;
    end if;
    if not exists (select from pg_attribute where attrelid = 'billing.account_balances'::regclass and attname = 'is_frozen') then
        perform pg_temp.lock_for_senders('billing.account_balances');
        -- Of this node's own parts: something of the account is frozen, so whoever has locked the part looks at the account again.
        -- Not sent.
        alter table billing.account_balances add column is_frozen boolean not null default false;
    end if;
end $$;
set role billing_owner;
alter type billing.account_act add value if not exists 'freeze';
alter type billing.account_act add value if not exists 'thaw';

-- Which states of accounts this node has confirmed, and from when on: nothing that one refuses was begun here until the next. For ever.
create table if not exists billing.confirmed_states (
    account_id      bigint       not null,
    state_version   bigint       not null,
    debits_frozen   boolean      not null,
    credits_frozen  boolean      not null,
    confirmed_at    timestamptz  not null default clock_timestamp(),   -- with the part locked
    primary key (account_id, state_version)
);

-- What accounts are listed by, a tenant's in the order that is told (billing.list_accounts). Made without a lock; one whose making was
-- broken off is made anew.
select format('drop index concurrently billing.%I', c.relname)
  from pg_index i join pg_class c on c.oid = i.indexrelid
 where not i.indisvalid and c.relnamespace = 'billing'::regnamespace and c.relname like 'accounts\_by\_%'
\gexec
select format('create index concurrently %I on billing.accounts (tenant, %s, id) %s', name, sort, condition)
  from (values ('accounts_by_time', 'created_at', ''),
               ('accounts_by_name', 'username collate "C"', ''),
               -- Few of many.
               ('accounts_by_time_frozen', 'created_at', 'where debits_frozen or credits_frozen'),
               ('accounts_by_name_frozen', 'username collate "C"', 'where debits_frozen or credits_frozen'),
               ('accounts_by_time_deleted', 'created_at', 'where is_deleted'),
               ('accounts_by_name_deleted', 'username collate "C"', 'where is_deleted')) as wanted (name, sort, condition)
 where to_regclass('billing.' || name) is null
\gexec
reset role;
