create or replace function billing.sent_tables()
returns table (relation regclass, columns text[], row_filter text)
language sql
stable
set search_path = billing, pg_temp
as $$
-- What this node sends changes of to the others: its own rows, and of them these columns. Where it sends batches, they
-- stand for those of two tables, which others still get in a first copy (copied_tables). A new column or table is written here
-- in the version that brings it; stage 2 sends it once every node has it (docs/adr/0028).
--   row_filter  names parts of keys only: a filter on a column that can change diverges for good; null: all rows. Of a row
--               that is deleted the key alone is known: the filter of batches keeps their deletions here
    select format('billing.%I', t.name)::regclass, t.columns::text[],
           case t.row_filter when 'home' then format('id %% 64 = %s', local_node_id())
                             when 'owned' then format('node_id = %s', local_node_id())
                             when 'insert' then format('node_id = %s and created_at is not null', local_node_id()) end
      from (values
            ('accounts',         'home',  '{id,username,currency,is_deleted,created_at,tenant}'),
            ('services',         null,    '{id,name,price_minor,currency,unit,retired_at}'),
            ('service_prices',   null,    '{service_id,valid_from,price,client_id,set_at}'),
            ('account_balances', 'owned', '{account_id,node_id,balance_minor,income_minor,reserved_minor,held_minor}'),
            ('transaction_log',  'owned', '{id,account_id,amount_minor,created_at,operation_id,node_id,operation_type,reference}'),
            ('transfers',        'owned', '{id,node_id,to_node_id,account_id,amount_minor,state,created_at,updated_at}'),
            ('drain_decisions',  'owned', '{attempt_id,node_id,account_id,decision,decided_at,taken_nodes,taken_rounds,taken_minor}'),
            ('node_heartbeats',  'owned', '{node_id,beat_at,ended_batch_id}'),
            ('seals',            'owned', '{number,node_id,sealed_at,entry_ids,entry_count,digest}'),
            ('duplicate_pay_outs', 'owned', '{node_id,pay_out_id,stands_id,account_id,is_same,found_at}'),
            ('duplicate_pay_ins', 'owned', '{node_id,command_id,later_node_id,stands_node_id,account_id,amount_minor,is_same,found_at}'),
            ('clawbacks',        'owned', '{node_id,command_id,account_id,amount_minor,taken_minor,stands_node_id,pay_out_ids,opened_at}'),
            ('batches',          'insert', '{id,node_id,created_at,operation_type,entry_ids,account_ids,amounts_minor,operation_ids,'
                                          'entry_references,part_account_ids,balances_minor,incomes_minor,reserved_minor,key_hashes,'
                                          'key_pay_out_ids,key_fingerprints,key_deadline_at,key_decided_at,taken_nodes,taken_minor,'
                                          'stored_topic,stored_partition_id,stored_next_offset,key_charges,held_minor,key_up_tos}'))
           as t (name, row_filter, columns)
     -- The catalogue's home is node 1.
     where (t.name not in ('services', 'service_prices') or local_node_id() = 1)
       and (t.name not in ('account_balances', 'transaction_log') or not is_packed())
$$;
