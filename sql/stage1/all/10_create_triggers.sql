-- Guards. Ordinary triggers: they do not fire where replication applies a row, and must not, for the
-- owner of the row has judged it already. Conditions stand in WHEN, where a row that passes costs no
-- function call, with this node's number as a literal: inlining local_node_id() there would cost each
-- statement 0.1 ms.
set role billing_owner;
-- What no function names any more: keys of pay-outs are known by their hash since version 10 (tables/keep_keys.sql). First, as two
-- calls of one key would else meet in an index that neither looks at.
select format('drop index concurrently billing.%I', name) from unnest('{pay_outs_key,pay_outs_once}'::text[]) name
 where to_regclass('billing.' || name) is not null
\gexec
create or replace function public.prevent_negative_balance()
returns trigger
language plpgsql
set search_path = billing, pg_temp
as $$
-- trg_prevent_negative_balance on account_balances: GB006 instead of the check's 23514.
begin
    raise exception 'account % has too little at node %', new.account_id, new.node_id using errcode = 'GB006';
end;
$$;

create or replace function public.prevent_account_deletion()
returns trigger
language plpgsql
set search_path = billing, pg_temp
as $$
-- trg_prevent_account_deletion on accounts: its entries would lose their account.
begin
    raise exception 'accounts are not removed' using errcode = 'GB012', hint = 'delete_account marks one as deleted.';
end;
$$;

create or replace function public.prevent_operations_on_deleted_accounts()
returns trigger
language plpgsql
set search_path = billing, pg_temp
as $$
-- trg_prevent_operations_on_deleted_accounts on transaction_log: new operations only. Settle, release,
-- transfers under way and corrections pass. Pay-ins, pay-outs and reserves do not come here: their
-- functions judge the account for the whole batch, and a call a row would cost more than that join.
begin
    if exists (select from accounts where id = new.account_id and is_deleted) then
        raise exception 'account % is deleted', new.account_id using errcode = 'GB003';
    end if;
    return new;
end;
$$;

create or replace function billing.refuse_foreign_row()
returns trigger
language plpgsql
set search_path = billing, pg_temp
as $$
-- One writer per row: a change here of another node's row would be overwritten without a word.
begin
    raise exception 'rows of % that belong to another node are written there, not at node %',
        tg_table_name, billing.local_node_id() using errcode = 'GB004';
end;
$$;

create or replace function billing.refuse_change()
returns trigger
language plpgsql
set search_path = billing, pg_temp
as $$
-- The log is append only: a mistake is corrected by a further entry.
begin
    raise exception '% is append only', tg_table_name using errcode = 'GB012';
end;
$$;

create or replace function billing.keep_seal()
returns trigger
language plpgsql
set search_path = billing, pg_temp
as $$
-- trg_keep_seal, under apply only: what its node makes of a seal later is not taken over, so that the copy is a witness. The
-- pipeline, which applies nothing, removes all of a node's to copy them anew.
begin
    if pg_replication_origin_session_is_setup() then
        return null;
    end if;
    return coalesce(new, old);
end;
$$;

create or replace function billing.note_arrived_account()
returns trigger
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- trg_note_arrived_account, under apply only: a node creates its own balance rows itself, and learns of accounts
-- opened elsewhere by replication. It must never fail: that would stop replication. BEFORE, because an AFTER row
-- trigger makes pglogical 2.4 log a relcache leak for every row it applies.
begin
    insert into arrived_accounts (account_id) values (new.id) on conflict do nothing;
    return new;
end;
$$;

create or replace function billing.keep_state()
returns trigger
language plpgsql
set search_path = billing, pg_temp
as $$
-- trg_keep_state, under apply only: of two states of an account the later one stands, in whichever order they arrive.
begin
    new.state_version := old.state_version;
    new.debits_frozen := old.debits_frozen;
    new.credits_frozen := old.credits_frozen;
    return new;
end;
$$;

create or replace trigger trg_append_only
    before update or delete or truncate on billing.dead_letter_acts
    for each statement execute function billing.refuse_change();
create or replace trigger trg_append_only
    before update or delete or truncate on billing.account_acts
    for each statement execute function billing.refuse_change();
create or replace trigger trg_append_only
    before update or delete or truncate on billing.offset_acceptances
    for each statement execute function billing.refuse_change();

-- Tables that are sent: a trigger is made where it is not as it should be, as whoever sends is told of each that is made
-- (pipeline_settings.sql). How it came out stands in its comment. A transaction a trigger: one that locks several tables
-- could meet a live one head on.
do $$
declare
    self     constant text := billing.local_node_id();
    describe constant text := $q$
        select md5($1 || pg_get_triggerdef(t.oid) || t.tgenabled::text) as digest, obj_description(t.oid, 'pg_trigger') as comment
          from pg_trigger t where t.tgrelid = $2 and t.tgname = $3 $q$;
    wanted   record;
    made     record;
begin
    for wanted in
        select name, ('billing.' || guarded)::regclass as relation, mode, definition
          from (values
               ('trg_prevent_negative_balance', 'account_balances', 'enable', 'before insert or update on %s
                 for each row when (new.balance_minor < 0) execute function public.prevent_negative_balance()'),
               ('trg_prevent_account_deletion', 'accounts', 'enable', 'before delete or truncate on %s
                 for each statement execute function public.prevent_account_deletion()'),
               ('trg_prevent_operations_on_deleted_accounts', 'transaction_log', 'enable', 'before insert on %s
                 for each row when (new.operation_type in (''deposit'', ''opening''))
                 execute function public.prevent_operations_on_deleted_accounts()'),
               ('trg_append_only', 'transaction_log', 'enable', 'before update or delete or truncate on %s
                 for each statement execute function billing.refuse_change()'),
               ('trg_append_only', 'seals', 'enable', 'before update or delete or truncate on %s
                 for each statement execute function billing.refuse_change()'),
               ('trg_keep_seal', 'seals', 'enable replica', 'before update or delete on %s
                 for each row execute function billing.keep_seal()'),
               ('trg_note_arrived_account', 'accounts', 'enable replica', 'before insert on %s
                 for each row execute function billing.note_arrived_account()'),
               ('trg_keep_state', 'accounts', 'enable replica', 'before update on %s
                 for each row when (new.state_version < old.state_version) execute function billing.keep_state()'),
               ('trg_note_duplicate', 'duplicate_pay_outs', 'enable always', 'before insert on %s
                 for each row execute function billing.note_duplicate()'),
               ('trg_note_duplicate_pay_in', 'duplicate_pay_ins', 'enable always', 'before insert on %s
                 for each row execute function billing.note_duplicate_pay_in()'),
               ('trg_append_only', 'duplicate_pay_ins', 'enable', 'before update or delete or truncate on %s
                 for each statement execute function billing.refuse_change()'),
               ('trg_append_only', 'duplicate_pay_outs', 'enable', 'before update or delete or truncate on %s
                 for each statement execute function billing.refuse_change()'),
               ('trg_take_batch', 'batches', 'enable replica', 'before insert on %s
                 for each row execute function billing.take_batch()')) as v (name, guarded, mode, definition)
        union all
        select name, ('billing.' || guarded)::regclass, 'enable',
               format('before %s on %%s for each row when (%s) execute function billing.refuse_foreign_row()', act,
                      replace(foreign_row, '$self', self))
          from (select 'trg_one_writer_' || act as name, act, guarded, foreign_row
                  from unnest(array['account_balances', 'transfers', 'node_heartbeats', 'drain_decisions', 'clawbacks']) guarded,
                       (values ('insert', 'new.node_id <> $self'),
                               ('update', 'old.node_id <> $self or new.node_id <> $self'),
                               ('delete', 'old.node_id <> $self')) as v (act, foreign_row)
                union all
                values ('trg_one_writer_insert', 'insert', 'transaction_log', 'new.node_id <> $self'),
                       ('trg_one_writer_insert', 'insert', 'seals', 'new.node_id <> $self'),
                       ('trg_one_writer_insert', 'insert', 'duplicate_pay_outs', 'new.node_id <> $self'),
                       ('trg_one_writer_insert', 'insert', 'duplicate_pay_ins', 'new.node_id <> $self'),
                       -- The id tells the home node.
                       ('trg_one_writer_insert', 'insert', 'accounts', 'new.id %% 64 <> $self'),
                       ('trg_one_writer_update', 'update', 'accounts', 'old.id %% 64 <> $self or new.id <> old.id'),
                       -- The catalogue's home is node 1.
                       ('trg_one_writer', 'insert or update or delete', 'services', '$self <> 1'),
                       ('trg_one_writer', 'insert or update or delete', 'service_prices', '$self <> 1')) t
         order by relation, name
    loop
        execute describe into made using wanted.definition, wanted.relation, wanted.name;
        continue when made.digest = made.comment;
        perform pg_temp.lock_for_senders(wanted.relation);
        execute format('create or replace trigger %I ' || wanted.definition, wanted.name, wanted.relation);
        execute format('alter table %s %s trigger %I', wanted.relation, wanted.mode, wanted.name);
        execute describe into made using wanted.definition, wanted.relation, wanted.name;
        execute format('comment on trigger %I on %s is %L', wanted.name, wanted.relation, made.digest);
        commit;
    end loop;
end $$;

-- Without one of these a node that sends batches would send less than all: looked for at every run.
reset role;
do $$ begin
    if billing.is_packed() and 3 <> (select count(*) from pg_trigger t
                                      where t.tgname in ('trg_pack', 'trg_pack_insert', 'trg_pack_update') and t.tgenabled = 'O') then
        perform pg_temp.lock_for_senders('billing.transaction_log', 'billing.account_balances');
        perform pg_temp.make_pack_triggers();
    end if;
end $$;
set role billing_owner;

-- Views that can be written, as people did when they were tables (views/); what guards the tables guards them.
create or replace trigger trg_write
    instead of insert or update on public.accounts
    for each row execute function billing.write_accounts_view();
create or replace trigger trg_write
    instead of insert or update or delete on public.services
    for each row execute function billing.write_services_view();
create or replace trigger trg_write
    instead of insert or update or delete on public.account_balances
    for each row execute function billing.write_account_balances_view();
create or replace trigger trg_write
    instead of insert on public.transaction_log
    for each row execute function billing.write_transaction_log_view();
create or replace trigger trg_append_only
    instead of update or delete on public.transaction_log
    for each row execute function billing.refuse_change();
create or replace trigger trg_prevent_account_deletion
    instead of delete on public.accounts
    for each row execute function public.prevent_account_deletion();
reset role;
