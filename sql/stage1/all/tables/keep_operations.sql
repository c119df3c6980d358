-- Where an operation stands in an account's history, all its entries at one moment, whichever of them have arrived
-- (docs/history.md). Schema version 10.
set role billing_owner;

-- Never to be changed: an index rests on them. In PL/pgSQL what the index calls: inlined, every statement that writes entries would
-- plan the whole of it, 60 us of a pay-out alone; as functions of SQL that cannot be inlined they would be planned as often. The
-- others are, so they use nothing that is merely stable, as the epoch of a time is.
do $$ begin
    if to_regprocedure('billing.is_spread(billing.operation_type, uuid, timestamptz)') is null then
        -- Rounded. Microseconds are exact in a float until the year 2255.
        create function billing.ms_of_time(in_time timestamptz) returns bigint language sql immutable parallel safe as $f$
            select ((date_part('epoch', in_time - timestamptz '1970-01-01 00:00:00+00') * 1000000)::bigint + 500) / 1000
        $f$;
        -- Of an id of billing.new_pay_out_id; null of any other.
        create function billing.ms_of_id(in_id uuid) returns bigint language sql immutable parallel safe as $f$
            select case when get_byte(uuid_send(in_id), 6) between 128 and 130 and get_byte(uuid_send(in_id), 7) between 1 and 63
                        then ('x' || encode(substr(uuid_send(in_id), 1, 6), 'hex'))::bit(48)::bigint end
        $f$;
        -- Of an entry: when its operation began, by the clock of the node that decided on it, where its id tells; else when the entry
        -- was made.
        create function billing.operation_ms(in_type billing.operation_type, in_id uuid, in_created_at timestamptz)
        returns bigint language plpgsql immutable parallel safe as $f$
        begin
            if in_type in ('pay_out', 'reserve', 'release', 'return', 'correction') then
                return coalesce(billing.ms_of_id(in_id), billing.ms_of_time(in_created_at));
            end if;
            return billing.ms_of_time(in_created_at);
        end $f$;
        -- Of an entry: that it may be one of several of its operation, made at another time than where that stands. The others are
        -- their operation's only one of the kind. A pay-out from one part alone is made at the time in its id.
        create function billing.is_spread(in_type billing.operation_type, in_id uuid, in_created_at timestamptz)
        returns boolean language plpgsql immutable parallel safe as $f$
        begin
            if in_type = 'pay_out' then
                if substr(uuid_send(in_id), 1, 6) = substr(int8send(billing.ms_of_time(in_created_at)), 3) then
                    return false;
                end if;
                return billing.ms_of_id(in_id) is not null;
            elsif in_type = 'correction' then
                return billing.ms_of_id(in_id) is not null;
            end if;
            return in_type in ('reserve', 'release', 'return');
        end $f$;
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
