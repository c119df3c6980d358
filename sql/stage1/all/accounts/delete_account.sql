create or replace function billing.delete_account(
    in_account_id     bigint,
    in_client_id      text,
    in_timeout_ms     integer,
    in_is_forced      boolean default false,
    in_reason         text default null,
    in_tenants        text[] default '{default}',
    in_address        inet default null,
    out status        text,
    out home_node_id  integer,
    out left_minor    numeric,
    out unseen_nodes  integer[],
    out currency      text,
    out "position"    text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.delete_account(7)
--
--   Deletes an account from any node, once it is empty: every node is asked for its
--   part, then the home node marks it, asked over dblink when that is another one.
--   Money that arrives in between, or until the deletion has been replicated, is
--   found by billing.list_money_of_deleted and taken out by billing.correct_balance.
--   Without a lock on purpose: a lock in all datacenters would be the price of
--   refusing what an operator can put right. A repeat is harmless.
--
-- Parameters
--   in_client_id, in_address  who does it, and from where: kept in account_acts at the home node
--   in_timeout_ms  how long to wait for each of the two answers
--   in_tenants     as of billing.get_account; unless all, the account must be known here
--   in_is_forced   whatever is in it: no other node is asked. in_reason says why
-- Returns, the first that holds
--   status        already_deleted · not_found · parts_unseen (some nodes did not say
--                 what they have: unseen_nodes; nothing happened) · not_empty
--                 (left_minor; nothing happened) · home_unreachable (it may have
--                 happened nevertheless: ask again) · deleted
--   home_node_id  the account's home, as its id tells
--   left_minor    seen in all parts together: spendable, reserved, in transit;
--                 when forced, the balances as this node knows them
--   currency      the account's, where it is known here
--   position      of deleted: where it has arrived, so has the deletion
-- Locks     row of accounts, at the home node
-- Writes    accounts, account_acts there; node_breakers here
-- Raises    GB023 in_is_forced without a reason
-- ---------------------------------------------------------------------------
declare
    asked  record;
    parts  jsonb;
    act    text;
begin
    if in_is_forced and coalesce(btrim(in_reason), '') = '' then
        raise exception 'a forced deletion wants a reason' using errcode = 'GB023';
    end if;
    home_node_id := in_account_id % 64;
    if in_tenants is not null and not exists (
        select from accounts a where a.id = in_account_id and a.tenant = any (in_tenants)) then
        status := 'not_found';
        return;
    end if;
    currency := (select a.currency from accounts a where a.id = in_account_id);
    if exists (select from accounts where id = in_account_id and is_deleted) then
        status := 'already_deleted';   -- for good, so a replica is to be trusted
        return;
    elsif home_node_id = local_node_id() and not exists (select from accounts where id = in_account_id)
          or not exists (select from node_config n where n.node_id = delete_account.home_node_id) then
        status := 'not_found';
        return;
    end if;

    if in_is_forced then
        select coalesce(sum(b.balance_minor), 0),
               jsonb_agg(jsonb_build_object('node', b.node_id) || describe_balance(b.balance_minor, delete_account.currency)
                         - 'currency' order by b.node_id)
          into left_minor, parts
          from account_balances b where b.account_id = in_account_id;
    else
        select coalesce(sum(p.balance_minor + p.reserved_minor + p.in_transit_minor), 0),
               coalesce(array_agg(p.node_id order by p.node_id) filter (where not p.is_seen), '{}'),
               jsonb_agg(jsonb_build_object('node', p.node_id) || describe_balance(p.balance_minor, delete_account.currency)
                         - 'currency' order by p.node_id)
          into left_minor, unseen_nodes, parts
          from see_parts(in_account_id, in_timeout_ms) p;
        if unseen_nodes <> '{}' or left_minor > 0 then
            status := case when unseen_nodes <> '{}' then 'parts_unseen' else 'not_empty' end;
            return;
        end if;
    end if;

    if home_node_id = local_node_id() then
        "position" := delete_home_account(in_account_id, in_client_id, in_reason, left_minor, in_address, parts);
    else
        act := format('%s, %L, %L, %s', in_account_id, in_client_id, in_reason, left_minor);
        if schema_version() >= 8 then   -- until then the home may not know the rest
            act := act || format(', %L, %L', in_address, parts);
        end if;
        asked := ask_node(home_node_id, format('select billing.delete_home_account(%s)::text', act), in_timeout_ms);
        if asked.status <> 'answered' then
            status := 'home_unreachable';
            return;
        end if;
        "position" := nullif(asked.answer, '');
    end if;
    status := 'deleted';
exception
    when sqlstate 'GB002' then status := 'not_found';
    when sqlstate 'GB003' then status := 'already_deleted';
end;
$$;
