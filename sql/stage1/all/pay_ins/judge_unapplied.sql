create or replace function billing.judge_unapplied(
    in_command_id    uuid,
    in_account_id    bigint,
    in_amount_minor  bigint,
    in_currency      text,
    in_reference     text,
    in_fault_reason  billing.dead_letter_reason,
    in_fault_detail  text,
    in_over_limit    boolean,
    in_heeds_discard boolean,
    in_tenant        text,
    in_home          integer default null,
    out verdict      text,
    out reason       billing.dead_letter_reason,
    out explanation  text
)
language plpgsql
stable
set search_path = billing, pg_temp
set enable_seqscan = off   -- a table that was small when a session planned may have grown since
as $$
-- Internal, one message of a tenant, to whom a stranger's account is unknown and of whose entry nothing is told: applied (its entry is here:
-- now or before, this node's or, credited there, another's), parked or dead.
-- First that holds wins: violation, entry, discarded before (unless an operator wants it credited all the
-- same), another home, account unknown, deleted, currency, limit. Of references none and an empty one are the same.
declare
    entry   transaction_log;
    account accounts;
begin
    if in_fault_reason is not null then
        verdict := 'dead'; reason := in_fault_reason; explanation := in_fault_detail;
        return;
    end if;

    select * into entry from transaction_log l
     where l.operation_id = in_command_id and l.operation_type = 'pay_in'
       and (l.node_id = local_node_id() or not is_taken_back(l.node_id, l.operation_id))
     order by l.node_id <> local_node_id(), l.created_at, l.node_id limit 1;
    if found then
        -- The entry has no currency of its own: it is the account's, if its row is here (see billing.list_copies).
        if entry.account_id = in_account_id and not exists (
               select from accounts a where a.id = entry.account_id and a.tenant <> in_tenant)
           and entry.amount_minor = in_amount_minor
           and coalesce(entry.reference, '') = coalesce(in_reference, '')
           and not exists (select from accounts a where a.id = entry.account_id and a.currency <> in_currency) then
            verdict := 'applied';
        else
            verdict := 'dead'; reason := 'command_conflict';
            explanation := case
                when (select a.tenant from accounts a where a.id = entry.account_id) <> in_tenant
                    then format('command %s was applied with other content', in_command_id)
                else format('command %s was applied with other content: account %s, %s minor units',
                            in_command_id, entry.account_id, entry.amount_minor) end;
        end if;
        return;
    end if;

    if in_heeds_discard then
        explanation := describe_discard(in_command_id);
        if explanation is not null then
            verdict := 'dead'; reason := 'command_discarded';
            return;
        end if;
    end if;

    if in_home <> local_node_id() then
        select j.verdict, j.reason, j.explanation into verdict, reason, explanation
          from judge_of_home(in_command_id, in_account_id, in_amount_minor, in_reference, in_tenant, in_home) j;
        return;
    end if;

    select * into account from accounts a where a.id = in_account_id and a.tenant = in_tenant;
    if not found then
        verdict := 'parked';
    elsif account.is_deleted then
        verdict := 'dead'; reason := 'account_deleted';
        explanation := format('account %s is deleted', in_account_id);
    elsif account.currency <> in_currency then
        verdict := 'dead'; reason := 'currency_mismatch';
        explanation := format('account %s keeps %s, not %s', in_account_id, account.currency, in_currency);
    elsif in_over_limit then
        verdict := 'dead'; reason := 'balance_limit';
        explanation := format('the balance of account %s would exceed what can be kept', in_account_id);
    elsif in_amount_minor <= 0 then
        verdict := 'dead'; reason := 'invalid_message'; explanation := 'amount: must be above zero';
    else
        verdict := 'parked';   -- it takes no credits now; or it arrived after the entries were inserted: soon applied
    end if;
end;
$$;

create or replace function billing.judge_of_home(
    in_command_id    uuid,
    in_account_id    bigint,
    in_amount_minor  bigint,
    in_reference     text,
    in_tenant        text,
    in_home          integer,
    out verdict      text,
    out reason       billing.dead_letter_reason,
    out explanation  text
)
language plpgsql
stable
set search_path = billing, pg_temp
as $$
-- Internal: the same of a message that another node is to credit: applied, it has said that it did; parked until it says so;
-- dead, there is no such node, or it has credited another message under the command id.
declare
    known forwarded_pay_ins;
begin
    verdict := 'parked';
    select * into known from forwarded_pay_ins f where f.command_id = in_command_id;
    if found and (known.account_id, known.amount_minor, known.tenant, coalesce(known.reference, ''))
                 = (in_account_id, in_amount_minor, in_tenant, coalesce(in_reference, '')) then
        verdict := 'applied';
    elsif found then
        verdict := 'dead'; reason := 'command_conflict';
        explanation := format('command %s was applied with other content', in_command_id);
    elsif not exists (select from node_config n where n.node_id = in_home) then
        verdict := 'dead'; reason := 'invalid_message'; explanation := format('home: there is no dc%s', in_home);
    end if;
end;
$$;
