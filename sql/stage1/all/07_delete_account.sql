create or replace function public.delete_account(
    p_account_id  bigint,
    p_force       boolean default false,
    p_reason      text default null
)
returns void
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- delete_account(3)
--
--   billing.delete_account for people with psql: soft deletion, on every node, of
--   an account that is empty, or by force. Where the account's home is another node the
--   deletion commits there at once, whatever becomes of the caller's
--   transaction, and is seen here when it has been replicated. Until then
--   other nodes still accept operations on the account.
--
-- Parameters
--   p_force   whatever is in it; p_reason says why
-- Writes    accounts, account_acts, at the home node
-- Raises    GB002 not found, GB003 deleted before
--           GB007 the home node did not answer: it may have happened, ask again;
--                 or a node did not say what it has of it: nothing happened
--           GB022 it is not empty      GB023 p_force without p_reason
-- ---------------------------------------------------------------------------
declare
    outcome record := billing.delete_account(p_account_id, 'psql ' || session_user, 5000,
                                             in_is_forced => p_force, in_reason => p_reason, in_tenants => null,
                                             in_address => inet_client_addr());
begin
    case outcome.status
        when 'deleted' then
            raise notice 'Account % deleted', p_account_id;
        when 'not_found' then
            raise exception 'account % is not known', p_account_id using errcode = 'GB002';
        when 'already_deleted' then
            raise exception 'account % is deleted', p_account_id using errcode = 'GB003';
        when 'not_empty' then
            -- Money of an account whose row has not arrived here has no currency yet.
            raise exception 'account % has % left', p_account_id,
                    coalesce(to_major(outcome.left_minor, outcome.currency) || ' ' || outcome.currency, 'money')
                using errcode = 'GB022',
                      hint = 'Pay it out first, or delete_account(id, p_force => true, p_reason => …).';
        when 'parts_unseen' then
            raise exception 'node(s) % did not say what they have of account %',
                    array_to_string(outcome.unseen_nodes, ', '), p_account_id
                using errcode = 'GB007',
                      hint = 'Nothing happened. Ask again, or delete_account(id, p_force => true, p_reason => …).';
        when 'home_unreachable' then
            raise exception 'node %, the home of account %, does not answer', outcome.home_node_id, p_account_id
                using errcode = 'GB007', hint = 'It may have happened nevertheless: ask again.';
    end case;
end;
$$;
