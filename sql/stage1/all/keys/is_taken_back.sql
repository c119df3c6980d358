create or replace function billing.is_taken_back(in_node_id integer, in_command_id uuid)
returns boolean
language sql
stable
as $$
-- Internal: of a pay-in's entry, whether its node takes it back, as another one stands: it counts for nothing more, also where that
-- one is gone. Asked of those alone that two have credited.
    select exists (select from billing.clawbacks c where c.node_id = in_node_id and c.command_id = in_command_id);
$$;
