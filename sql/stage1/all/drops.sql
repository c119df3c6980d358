-- What schema versions before had and this one has not: first of the transaction that makes it anew, so that
-- callers who run on meet the old or the new, never none and never two. Nothing leaves sql/ without a line here. A
-- line may go with the version after the one it names.

-- Schema version 5, other arguments. Callers of version 4, who give fewer, find the new ones by their defaults.
drop function if exists
    public.delete_account(bigint),
    billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[]),
    billing.record_audit(text, boolean, text, bigint, jsonb, boolean, boolean),
    billing.call_self(text),
    billing.set_aside(uuid, integer, bigint, uuid, integer, bigint, timestamptz),
    billing.judge_known(billing.pay_outs, bytea),
    billing.first_without_outcome(text, integer, integer, bigint, bigint[], uuid[]),
    billing.credit_message(billing.parked_pay_ins),
    billing.judge_unapplied(uuid, bigint, bigint, text, text, billing.dead_letter_reason, text, boolean);

-- Schema version 5: two ways to look at letters became one (letters/find_dead_letters.sql, show_dead_letter.sql,
-- find_parked_pay_ins.sql).
drop function if exists
    billing.list_parked_pay_ins(integer),
    billing.list_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint, integer),
    billing.get_dead_letter(text, integer, bigint, integer);

-- Schema version 5, the same arguments by other names, with other columns of the result or other defaults: replacing
-- a function in place cannot change those. The old one is known by what it has or lacks.
do $$
declare
    gone regprocedure;
begin
    for gone in
        select p.oid
          from (values ('public.add_account_balance(bigint, numeric, int)', 'account_id'),
                       ('billing.get_balance(bigint)', 'reserved_minor'),
                       ('billing.show_dead_letter(text, integer, bigint, integer)', 'published_at'),
                       ('billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer)', 'reference'),
                       ('billing.get_pay_in(uuid, integer, text, integer, bigint)', 'metadata')) as v (signature, name)
          join pg_proc p on p.oid = to_regprocedure(v.signature) and v.name <> all (p.proargnames)
        union all
        select p.oid from pg_proc p
         where p.oid = to_regprocedure('billing.delete_account(bigint, text, integer, boolean, text)')
           and p.pronargdefaults = 3
    loop
        execute format('drop function %s', gone);
    end loop;
end $$;

-- Schema version 7, other arguments: tenants. Callers of version 6 give none, and find the default one's.
drop function if exists
    billing.create_account(text, text),
    billing.open_account(text, text, bytea, text, text, bigint),
    billing.delete_account(bigint, text, integer, boolean, text),
    billing.correct_balance(text, text, bytea, bigint, bigint, text, text),
    billing.list_money_of_deleted(integer),
    billing.get_account(bigint),
    billing.find_accounts(text, bigint, integer),
    billing.get_balance(bigint),
    billing.list_transactions(bigint, timestamptz, integer, bigint, integer),
    billing.get_pay_in(uuid, integer, text, integer, bigint),
    billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[], integer[], bytea[]),
    billing.judge_repeats(text[], text[], bytea[], bigint[], bigint[], text[], text[], integer[], bytea[], timestamptz, uuid[],
        text[], uuid[]),
    billing.get_pay_out(uuid, integer),
    billing.preview_pay_out(bigint, bigint, text, boolean),
    billing.list_audit_faults(boolean, integer),
    billing.credit_pay_ins(integer, uuid[], bigint[], bigint[], text[], text[], bigint[]),
    billing.apply_pay_ins(text, integer, bigint, bigint, bigint, bigint[], uuid[], bigint[], bigint[], text[], text[], integer[],
        jsonb[], integer[], billing.dead_letter_reason[], text[], bytea, integer[], integer[]),
    billing.keep_unapplied(text, integer, integer, integer, integer, bigint[], uuid[], bigint[], bigint[], text[], text[],
        integer[], jsonb[], integer[], billing.dead_letter_reason[], text[], bytea, integer[], integer[], bigint[]),
    billing.judge_unapplied(uuid, bigint, bigint, text, text, billing.dead_letter_reason, text, boolean, boolean),
    billing.begin_act(text, integer, bigint, integer, billing.dead_letter_act, text),
    billing.lock_parked_pay_in(text, integer, bigint, integer),
    billing.replay_dead_letter(text, integer, bigint, integer, text, text, bigint, bigint, text, text, jsonb,
        billing.dead_letter_reason, text),
    billing.correct_dead_letter(text, integer, bigint, integer, text, text, uuid, uuid, bigint, bigint, text, text, jsonb),
    billing.discard_dead_letter(text, integer, bigint, integer, text, text),
    billing.retry_parked_pay_in(text, integer, bigint, integer, text, text),
    billing.discard_parked_pay_in(text, integer, bigint, integer, text, text),
    billing.list_parked_to_retry(integer),
    billing.count_dead_letters(),
    billing.find_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint, uuid, integer, timestamptz, text,
        integer, bigint, integer),
    billing.count_found_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint),
    billing.show_dead_letter(text, integer, bigint, integer),
    billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer);

-- Schema version 8, other columns of the result: known by what it lacks.
do $$ begin
    if exists (select from pg_proc p where p.oid = to_regprocedure('billing.deliver_transfers(integer, integer, integer)')
                                       and 'unseen' <> all (p.proargnames)) then
        drop function billing.deliver_transfers(integer, integer, integer);
    end if;
end $$;

-- Schema version 8, other arguments: where a client asked from. Callers of version 7 give none.
drop function if exists
    billing.delete_account(bigint, text, integer, boolean, text, text[]),
    billing.delete_home_account(bigint, text, text, numeric),
    billing.correct_balance(text, text, bytea, bigint, bigint, text, text, text[]),
    billing.replay_dead_letter(text, integer, bigint, integer, text, text, bigint, bigint, text, text, jsonb,
        billing.dead_letter_reason, text, text[]),
    billing.correct_dead_letter(text, integer, bigint, integer, text, text, uuid, uuid, bigint, bigint, text, text, jsonb, text[]),
    billing.discard_dead_letter(text, integer, bigint, integer, text, text, text[]),
    billing.retry_parked_pay_in(text, integer, bigint, integer, text, text, text[]),
    billing.discard_parked_pay_in(text, integer, bigint, integer, text, text, text[]);

-- Schema version 7: what nodes and apps of versions 4 and 5 called.
drop function if exists
    billing.delete_account(bigint, integer),
    billing.delete_home_account(bigint),
    billing.list_unpublished_dead_letters(integer),
    billing.count_open_dead_letters(),
    billing.move_pay_out_metadata();

-- Schema version 9: sealed and forgotten at once.
drop function if exists billing.forget_batches(integer);

-- Schema version 10, other arguments: how long keys are remembered, their hashes, homes. Callers of version 9 give none.
drop function if exists
    billing.unpack_batches(integer),
    billing.seal_batches(integer),
    billing.judge_repeats(text[], text[], text[], bytea[], bigint[], bigint[], text[], text[], integer[], bytea[], timestamptz, uuid[],
        text[], uuid[]),
    billing.apply_pay_ins(text, integer, bigint, bigint, bigint, bigint[], uuid[], bigint[], bigint[], text[], text[], integer[],
        jsonb[], integer[], billing.dead_letter_reason[], text[], bytea, integer[], integer[], text[]),
    billing.keep_unapplied(text, integer, integer, integer, integer, bigint[], uuid[], bigint[], bigint[], text[], text[],
        integer[], jsonb[], integer[], billing.dead_letter_reason[], text[], bytea, integer[], integer[], bigint[], text[]),
    billing.judge_unapplied(uuid, bigint, bigint, text, text, billing.dead_letter_reason, text, boolean, boolean, text),
    billing.first_without_outcome(text, integer, bigint, bigint[], uuid[], bytea, integer[], integer[]),
    billing.credit_letter(billing.dead_letters, billing.dead_letter_state, billing.dead_letter_acts),
    billing.replay_dead_letter(text, integer, bigint, integer, text, text, bigint, bigint, text, text, jsonb,
        billing.dead_letter_reason, text, text[], inet),
    billing.credit_pay_ins(integer, uuid[], bigint[], bigint[], text[], text[], bigint[], text[]);

-- Schema version 10, one more column of the result: known by what it lacks.
do $$ begin
    if exists (select from pg_proc p where p.oid = to_regprocedure('billing.see_duties()') and 'hold_node_ids' <> all (p.proargnames)) then
        drop function billing.see_duties();
    end if;
    drop function if exists billing.end_holds(integer);
    if exists (select from pg_proc p where p.oid = to_regprocedure('billing.record_hold_answers(jsonb)') and 'failed' <> all (p.proargnames)) then
        drop function billing.record_hold_answers(jsonb);
    end if;
    if exists (select from pg_proc p where p.oid = to_regprocedure('billing.visit_node(integer, integer)')
                                       and 'has_pay_ins' <> all (p.proargnames)) then
        drop function billing.visit_node(integer, integer);
    end if;
    if exists (select from pg_proc p
                where p.oid = to_regprocedure('billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer, text[])')
                  and 'is_frozen' <> all (p.proargnames)) then
        drop function billing.find_parked_pay_ins(integer, timestamptz, text, integer, bigint, integer, text[]);
    end if;
    if exists (select from pg_proc p where p.oid = to_regprocedure('billing.get_account(bigint, text[])')
                                       and 'debits_frozen' <> all (p.proargnames)) then
        drop function billing.get_account(bigint, text[]), billing.find_accounts(text, bigint, integer, text[]);
    end if;
    if exists (select from pg_proc p where p.oid = to_regprocedure('billing.get_balance(bigint, text[])')
                                       and 'held_minor' <> all (p.proargnames)) then
        drop function billing.get_balance(bigint, text[]);
    end if;
end $$;
-- The same, whose answers have a position or what was paid up to an amount, or whose batch is told.
select format('drop function %s', p.oid::regprocedure) from pg_proc p
 where p.pronamespace = 'billing'::regnamespace
   and (p.proname in ('pay_out', 'open_account', 'correct_balance', 'delete_account') and 'position' <> all (p.proargnames)
        or p.proname in ('decide_drain', 'decide_drains') and 'up_to' <> all (p.proargnames)
        or p.proname in ('tell_key', 'set_aside', 'delete_home_account') and p.prorettype = 'void'::regtype)
\gexec
-- Schema version 10, other arguments, of internal functions.
drop function if exists billing.set_aside(uuid, integer, bigint, uuid, integer, bigint, timestamptz, text),
    billing.start_attempt(billing.pay_outs, boolean), billing.plan_drain(bigint, bigint, boolean);
-- The same, with charges, and up to an amount.
drop function if exists
    billing.plan_taking(billing.pay_out_attempts, jsonb), billing.judge_uncovered(billing.pay_out_attempts, jsonb, boolean),
    billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[], integer[], bytea[], text[]),
    billing.pay_out(text[], text[], bytea[], bigint[], bigint[], text[], boolean[], integer[], text[], text[], integer[], bytea[], text[], jsonb[]),
    billing.judge_known(billing.pay_outs, bytea[]),
    billing.judge_repeats(uuid[], text[], text[], text[], bytea[], bigint[], bigint[], text[], text[], integer[], bytea[], timestamptz,
        uuid[], text[], uuid[]);
-- The same, of what the id is.
drop function if exists billing.new_pay_out_id(), billing.new_pay_out_id(integer);
-- The same, of holds, packed by whom they are opened.
drop function if exists billing.open_covered_holds(uuid[], timestamptz), billing.read_hold_requests(jsonb);
-- The same, of captures, too.
drop function if exists billing.judge_refund(billing.pay_outs, billing.accounts, text, bigint, text);
