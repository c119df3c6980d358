create or replace function billing.confirm_at_nodes(
    in_account_id   bigint,
    in_version      bigint,
    in_timeout_ms   integer,
    out confirmed_nodes    integer[],
    out unconfirmed_nodes  integer[]
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.confirm_at_nodes(3)
--
--   Who obeys a state of an account that its home has committed: every other node is
--   asked at once, and waits a while for it to arrive (billing.confirm_account_state).
--
-- Parameters
--   in_version     that billing.change_account has told
--   in_timeout_ms  how long to wait for the others, and half as long for this node
-- Returns
--   confirmed_nodes    who refuses from now on what that state, or a later one, refuses;
--                      the home, which has committed it, first
--   unconfirmed_nodes  who has not said so: they do as soon as the account's row arrives
-- Locks     as billing.confirm_account_state, at each node
-- Writes    the same; node_breakers here
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    home    constant integer := in_account_id % 64;
    self    constant integer := local_node_id();
    others  constant integer[] := array(select n.node_id from node_config n where n.node_id <> home and n.node_id <> self order by 1);
begin
    confirmed_nodes := array[home] || array(
        select a.node_id
          from ask_nodes(others, array_fill(format('select billing.confirm_account_state(%s, %s, %s)::text', in_account_id, in_version,
                                                   in_timeout_ms * 3 / 4), array[cardinality(others)]), in_timeout_ms) a
         where a.status = 'answered' and a.answer::bigint >= in_version);
    -- Last: from there on this node's part is locked.
    if self <> home and confirm_account_state(in_account_id, in_version, in_timeout_ms / 2) >= in_version then
        confirmed_nodes := confirmed_nodes || self;
    end if;
    unconfirmed_nodes := array(select n.node_id from node_config n where n.node_id <> all (confirmed_nodes) order by 1);
end;
$$;
