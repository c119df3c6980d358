create or replace function billing.list_transactions(
    in_account_id  bigint,
    in_created_at  timestamptz,
    in_node_id     integer,
    in_id          bigint,
    in_limit       integer,
    in_tenants     text[] default '{default}'
)
returns table (
    node_id         integer,
    id              bigint,
    operation_type  billing.operation_type,
    operation_id    uuid,
    amount_minor    bigint,
    reference       text,
    created_at      timestamptz
)
language sql
stable
security definer
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.list_transactions(6)
--
--   Entries of an account on all nodes, newest first, a page at a time. An
--   entry of another node may arrive after a page behind its time was read:
--   who needs all of them reads again from the top.
--
-- Parameters
--   in_created_at, in_node_id, in_id
--              the last entry of the page before; null for the first page
--   in_tenants as of billing.get_account
-- Returns   at most in_limit rows; none if the account is not known here, or not theirs
-- ---------------------------------------------------------------------------
    select l.node_id, l.id, l.operation_type, l.operation_id, l.amount_minor, l.reference, l.created_at
      from (
            -- At most a page, by the index on (account_id, created_at), which the cursor, compared as a row, lets begin in
            -- the middle.
            (select l.node_id, l.id, l.operation_type, l.operation_id, l.amount_minor, l.reference, l.created_at
               from transaction_log l
              where l.account_id = in_account_id
                and (l.created_at, l.node_id, l.id)
                    < (coalesce(in_created_at, 'infinity'), coalesce(in_node_id, 0), coalesce(in_id, 0))
              order by l.created_at desc, l.node_id desc, l.id desc
              limit in_limit)
            union all
            select p.node_id, p.id, p.operation_type, p.operation_id, p.amount_minor, p.reference, p.created_at
              from packed_entries p
             where in_account_id = any (p.account_ids) and p.account_id = in_account_id
               and (p.created_at, p.node_id, p.id)
                   < (coalesce(in_created_at, 'infinity'), coalesce(in_node_id, 0), coalesce(in_id, 0))) l
     where exists (select from accounts a where a.id = in_account_id and (in_tenants is null or a.tenant = any (in_tenants)))
     order by l.created_at desc, l.node_id desc, l.id desc
     limit in_limit;
$$;
