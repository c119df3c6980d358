-- Pay-outs that take what there is, up to an amount (docs/drain.md). Schema version 10.
reset role;
do $$ begin
    if not exists (select from pg_attribute where attrelid = 'billing.pay_outs'::regclass and attname = 'up_to') then
        -- {up_to_minor, minimum_minor}, and of a committed one {amount_minor, is_exhausted, unreachable_nodes}; amounts are strings.
        alter table billing.pay_outs add column up_to jsonb;
        -- Not valid: new rows are checked, the table is not read.
        alter table billing.pay_outs
            drop constraint pay_outs_amount_minor_check,
            add constraint pay_outs_amount_minor_check check (amount_minor > 0 or amount_minor = 0 and up_to is not null) not valid;
    end if;
    if not exists (select from pg_attribute where attrelid = 'billing.arrived_keys'::regclass and attname = 'up_to') then
        alter table billing.arrived_keys add column up_to jsonb;
    end if;
    -- Null: of none of the keys. Who repeats one elsewhere cannot know what was paid.
    if not exists (select from pg_attribute where attrelid = 'billing.batches'::regclass and attname = 'key_up_tos') then
        perform pg_temp.lock_for_senders('billing.batches');
        alter table billing.batches add column key_up_tos jsonb[];
    end if;
end $$;
