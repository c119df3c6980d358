create or replace function billing.change_account(
    in_account_id   bigint,
    in_act          text,
    in_change       jsonb,
    in_client_id    text,
    in_key          text,
    in_fingerprint  bytea,
    in_tenants      text[],
    in_address      inet,
    in_timeout_ms   integer,
    out status            text,
    out code              text,
    out message           text,
    out account           jsonb,
    out "position"        text
)
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.change_account(9)
--
--   Freezes or thaws an account from any node: its home decides, asked over dblink
--   when that is another one. Every node is asked then whether it has heard
--   (billing.confirm_at_nodes), once this has been committed (docs/accounts.md).
--
-- Parameters
--   in_act          freeze · thaw
--   in_change       {debits, credits: booleans, what is meant; reason: null: none}
--   in_tenants      as of billing.get_account; unless all, the account must be known here
--   in_timeout_ms   how long to wait for the home's answer
-- Returns
--   status   changed · unchanged (it was so before) · replayed; what
--            billing.change_home_account refuses; unreachable (nothing happened) ·
--            unknown (it may have happened: the key tells) · failed (code: the
--            SQLSTATE, message; nothing happened)
--   account  of the first three, as billing.describe_account_state
--   position           of the first three: where it has arrived, so has the state
-- Locks     as billing.change_home_account, at the home
-- Writes    the same; node_breakers here
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    home    constant integer := in_account_id % 64;
    asked   record;
    answer  jsonb;
begin
    if in_tenants is not null and not exists (
           select from accounts a where a.id = in_account_id and a.tenant = any (in_tenants))
       or not exists (select from node_config n where n.node_id = home) then
        status := 'not_found';
        return;
    end if;
    if home = local_node_id() then
        answer := change_home_account(in_account_id, in_act, in_change, in_client_id, in_key, in_fingerprint, in_address);
    else
        select a.status, a.answer, a.code into asked
          from ask_nodes(array[home], array[format('select billing.change_home_account(%s, %L, %L, %L, %L, %L, %L)::text', in_account_id,
                                                   in_act, in_change, in_client_id, in_key, in_fingerprint, in_address)],
                         in_timeout_ms) a;
        status := asked.status;
        if status <> 'answered' then
            code := asked.code;
            message := case status when 'failed' then asked.answer end;
            return;
        end if;
        answer := asked.answer::jsonb;
    end if;
    status := answer ->> 'status';
    account := nullif(answer -> 'account', 'null');
    "position" := answer ->> 'position';
end;
$$;
