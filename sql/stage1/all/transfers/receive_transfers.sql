create or replace function billing.receive_transfers(
    in_transfer_ids   uuid[],
    in_account_ids    bigint[],
    in_amounts_minor  bigint[]
)
returns uuid[]
language plpgsql
security definer
set search_path = billing, pg_temp
as $$
-- As nodes of version 7 call it: billing.take_transfers without asking back. Returns the ids that were not credited.
declare
    taken jsonb := take_transfers(in_transfer_ids, in_account_ids, in_amounts_minor, false);
begin
    return array(select jsonb_array_elements_text((taken -> 'refused') || (taken -> 'unseen'))::uuid);
end;
$$;
