-- What an operator looks at with the command line (tools/cli) and what the demo counts (tools/demo).
-- Reads only, for role billing_operator: the grants stand at the end of this file.
set role billing_owner;
create or replace function billing.list_parked_pay_ins(in_limit integer)
returns table (
    topic           text,
    partition_id    integer,
    message_offset  bigint,
    incarnation     integer,
    command_id      uuid,
    account_id      bigint,
    amount_minor    bigint,
    currency        char(3),
    reference       text,
    parked_at       timestamptz,
    total           bigint
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_parked_pay_ins(1)
--
--   Pay-ins of this node that wait for their account's row, oldest first.
--
-- Returns   at most in_limit rows; total, the same in each, is how many there are
-- ---------------------------------------------------------------------------
    select topic, partition_id, message_offset, incarnation, command_id, account_id, amount_minor,
           currency, reference, parked_at, count(*) over ()
      from parked_pay_ins
     order by parked_at, topic, partition_id, message_offset, incarnation
     limit in_limit;
$$;

create or replace function billing.list_dead_letters(
    in_state       billing.dead_letter_state,
    in_reason      billing.dead_letter_reason,
    in_account_id  bigint,
    in_limit       integer
)
returns table (
    topic           text,
    partition_id    integer,
    message_offset  bigint,
    incarnation     integer,
    command_id      uuid,
    account_id      bigint,
    reason          billing.dead_letter_reason,
    detail          text,
    state           billing.dead_letter_state,
    recorded_at     timestamptz,
    total           bigint
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_dead_letters(4)
--
--   Dead letters of this node, newest first, without their bytes.
--
-- Parameters
--   in_state, in_reason, in_account_id   null: any
-- Returns   at most in_limit rows; total, the same in each, is how many match
-- ---------------------------------------------------------------------------
    select topic, partition_id, message_offset, incarnation, command_id, account_id, reason, detail,
           state, recorded_at, count(*) over ()
      from dead_letters d
     where (in_state is null or d.state = in_state)
       and (in_reason is null or d.reason = in_reason)
       and (in_account_id is null or d.account_id = in_account_id)
     order by recorded_at desc, topic, partition_id, message_offset desc, incarnation desc
     limit in_limit;
$$;

create or replace function billing.get_dead_letter(
    in_topic        text,
    in_partition    integer,
    in_offset       bigint,
    in_incarnation  integer
)
returns setof billing.dead_letters
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.get_dead_letter(4)
--
--   One dead letter of this node with its bytes as they came.
--
-- Parameters
--   in_incarnation  null: 1, which lists leave out of a name
-- Returns   no row: there is none of that name
-- ---------------------------------------------------------------------------
    select * from dead_letters
     where topic = in_topic and partition_id = in_partition and message_offset = in_offset
       and incarnation = coalesce(in_incarnation, 1);
$$;

create or replace function billing.count_entries(
    in_account_ids     bigint[],
    in_operation_type  billing.operation_type
)
returns table (account_id bigint, node_id integer, entries bigint, amount_minor numeric)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.count_entries(2)
--
--   How many entries of these accounts this node knows, by the node that wrote
--   them, and what they add up to.
--
-- Parameters
--   in_operation_type  null: any
-- Returns   a row for each account and node that has an entry
-- ---------------------------------------------------------------------------
    select l.account_id, l.node_id, count(*), sum(l.amount_minor)
      from transaction_log l
     where l.account_id = any (in_account_ids)
       and (in_operation_type is null or l.operation_type = in_operation_type)
     group by l.account_id, l.node_id;
$$;

grant execute on function
    billing.list_parked_pay_ins(integer),
    billing.list_dead_letters(billing.dead_letter_state, billing.dead_letter_reason, bigint, integer),
    billing.get_dead_letter(text, integer, bigint, integer),
    billing.count_entries(bigint[], billing.operation_type)
    to billing_operator;
reset role;
