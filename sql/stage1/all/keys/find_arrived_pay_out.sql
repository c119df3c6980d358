create or replace function billing.find_arrived_pay_out(
    in_home_node_id  integer,
    in_tenant        text,
    in_client_id     text,
    in_key           text,
    in_fingerprints  bytea[],
    in_account_id    bigint,
    in_amount_minor  bigint,
    in_currency      text,
    in_reference     text,
    in_metadata      text,
    out status       text,
    out known        jsonb
)
language plpgsql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.find_arrived_pay_out(10)
--
--   What the home of a key, which is silent now, has told of it: a payment, as of
--   then. What it has paid since nobody here can know.
--
-- Parameters
--   in_fingerprints  of the request, of each version
-- Returns
--   status  replayed              known: as billing.pay_out has it
--           idempotency_conflict  it paid another request
--           null                  nothing has arrived
-- Raises    –
-- ---------------------------------------------------------------------------
declare
    arrived constant arrived_keys := arrived_key(key_hash(in_tenant, in_client_id, in_key), in_home_node_id);
begin
    if arrived.key_hash is null or arrived.deadline_at is not null then
        return;
    elsif arrived.fingerprint <> all (in_fingerprints) then
        status := 'idempotency_conflict';
    else
        status := 'replayed';
        known := describe_arrived_key(arrived, in_tenant, in_account_id, in_amount_minor, in_currency, in_reference, in_metadata);
    end if;
end;
$$;
