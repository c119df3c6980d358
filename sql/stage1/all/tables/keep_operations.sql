-- Where an operation stands in an account's history, all its entries at one moment, whichever of them have arrived
-- (docs/history.md). Schema version 10.
set role billing_owner;

-- Never to be changed: an index rests on them. Without settings, so that they are inlined.
do $$ begin
    if to_regprocedure('billing.is_spread(billing.operation_type, uuid, timestamptz)') is null then
        -- Rounded, as billing.new_pay_out_id does.
        create function billing.ms_of_time(in_time timestamptz) returns bigint language sql immutable parallel safe as $f$
            select (extract(epoch from in_time) * 1000)::bigint
        $f$;
        -- Of an id of billing.new_pay_out_id; null of any other.
        create function billing.ms_of_id(in_id uuid) returns bigint language sql immutable parallel safe as $f$
            select case when get_byte(uuid_send(in_id), 6) between 128 and 130 and get_byte(uuid_send(in_id), 7) between 1 and 63
                        then ('x' || encode(substr(uuid_send(in_id), 1, 6), 'hex'))::bit(48)::bigint end
        $f$;
        -- Of an entry: when its operation began, by the clock of the node that decided on it, where its id tells; else when the entry
        -- was made.
        create function billing.operation_ms(in_type billing.operation_type, in_id uuid, in_created_at timestamptz)
        returns bigint language sql immutable parallel safe as $f$
            select case when in_type in ('pay_out', 'reserve', 'release', 'return', 'correction')
                        then coalesce(billing.ms_of_id(in_id), billing.ms_of_time(in_created_at))
                        else billing.ms_of_time(in_created_at) end
        $f$;
        -- Of an entry: that it may be one of several of its operation, made at another time than where that stands. The others are
        -- their operation's only one of the kind.
        create function billing.is_spread(in_type billing.operation_type, in_id uuid, in_created_at timestamptz)
        returns boolean language sql immutable parallel safe as $f$
            select case when in_type in ('reserve', 'release', 'return') then true
                        when in_type = 'pay_out' then coalesce(billing.ms_of_id(in_id) <> billing.ms_of_time(in_created_at), false)
                        when in_type = 'correction' then billing.ms_of_id(in_id) is not null
                        else false end
        $f$;
    end if;
end $$;

-- Where an operation stands among those of its account.
do $$ begin
    create type billing.operation_key as (
        ms    bigint,    -- since 1970
        id    uuid,
        slot  integer    -- 0; of what one node alone does its node, as a command may be credited twice
    );
exception when duplicate_object then null; end $$;

-- Operations whose entries are spread; the others are found by transaction_log_account. Made without a lock; one whose making was
-- broken off is made anew.
select 'drop index concurrently billing.transaction_log_operation'
  from pg_index i where i.indexrelid = to_regclass('billing.transaction_log_operation') and not i.indisvalid
\gexec
select 'create index concurrently transaction_log_operation on billing.transaction_log
            (account_id, billing.operation_ms(operation_type, operation_id, created_at), operation_id)
         where billing.is_spread(operation_type, operation_id, created_at)'
 where to_regclass('billing.transaction_log_operation') is null
\gexec
-- Which drains are paid, as their nodes have told: what one node has paid alone says so by its entry.
select 'drop index concurrently billing.arrived_keys_drained'
  from pg_index i where i.indexrelid = to_regclass('billing.arrived_keys_drained') and not i.indisvalid
\gexec
select 'create index concurrently arrived_keys_drained on billing.arrived_keys (pay_out_id)
         where deadline_at is null and taken_nodes is not null'
 where to_regclass('billing.arrived_keys_drained') is null
\gexec
reset role;
