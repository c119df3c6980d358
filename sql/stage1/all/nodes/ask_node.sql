create or replace function billing.ask_node(
    in_node_id     integer,
    in_query       text,
    in_timeout_ms  integer,
    in_probe       boolean default false,
    out status     text,
    out answer     text
)
language plpgsql
set search_path = billing, pg_temp
as $$
-- ---------------------------------------------------------------------------
-- billing.ask_node(4)
--
--   billing.ask_nodes of one node, for whom a refusal over there is one here.
--
-- Returns
--   status  answered, unreachable or unknown
-- Raises    what the statement raised over there, with its SQLSTATE
--           GB013, GB017 as get_decrypted_dsn
-- ---------------------------------------------------------------------------
declare
    code text;
begin
    select a.status, a.answer, a.code into ask_node.status, ask_node.answer, code
      from ask_nodes(array[in_node_id], array[in_query], in_timeout_ms, in_probe) a;
    if status = 'failed' then
        raise exception '%', answer using errcode = code, detail = format('said by node %s', in_node_id);
    end if;
end;
$$;
