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
