create or replace function billing.call_self(in_query text, in_timeout_ms integer default 5000)
returns jsonb
language plpgsql
set search_path = billing, pg_temp
as $$
-- Internal: one repeatable statement of one jsonb column over connect_to_self, committed. When the
-- connection breaks before the answer, or in_timeout_ms are over, which is to be more than the statement
-- itself waits for others, it is sent once more. Raises what the statement raises, GB007, GB015.
begin
    begin
        return query_node(connect_to_self(), in_query, in_timeout_ms)::jsonb;
    exception when sqlstate 'GB015' then
        return query_node(connect_to_self(), in_query, in_timeout_ms)::jsonb;
    end;
end;
$$;
