create or replace function billing.audit_finding(
    in_check           text,
    in_node_id         integer,
    in_account_id      bigint,
    in_subject         text,
    in_expected_minor  numeric,
    in_found_minor     numeric,
    in_detail          text
)
returns jsonb
language sql
immutable
as $$
-- Internal: one finding, as every audit function returns it in an array. Amounts are strings.
    select jsonb_build_object('check', in_check, 'node_id', in_node_id,
                              'account_id', coalesce(in_account_id, 0)::text, 'subject', coalesce(in_subject, ''),
                              'expected_minor', coalesce(in_expected_minor, 0)::text,
                              'found_minor', coalesce(in_found_minor, 0)::text, 'detail', in_detail);
$$;
