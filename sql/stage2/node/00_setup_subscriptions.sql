-- This node as a subscriber of every other node. forward_origins is empty: what arrived here from one
-- node is not sent on to another. A node that joins later is subscribed to by the next run.
set log_statement = 'none';
set log_min_error_statement = 'panic';
set log_min_duration_statement = -1;
-- A first copy that was interrupted cannot be resumed, and a slot that fell behind
-- max_slot_wal_keep_size is lost for good: the subscription is made anew below. The rows of that
-- provider go first, for they all come again. BILLING_RESUBSCRIBE names lost ones.
create temporary table resubscribe as
select n.node_id, billing.subscription_name(n.node_id, billing.local_node_id()) as sub_name
  from billing.node_config n
  join pglogical.show_subscription_status() s
    on s.subscription_name = billing.subscription_name(n.node_id, billing.local_node_id())
 where format('%s:%s', n.node_id, billing.local_node_id()) = any (regexp_split_to_array(:'resubscribe', '\s+'))
    or (s.status = 'down' and exists (
            select from pglogical.subscription u join pglogical.local_sync_status y on y.sync_subid = u.sub_id
             where u.sub_name = s.subscription_name and y.sync_nspname is null and y.sync_status in ('s', 'd', 'c')));
-- A provider that does not answer this node would send nothing again: then its rows stay.
set client_min_messages = warning;
select format('select public.connect_to_node(%s)', node_id) from resubscribe order by node_id \gexec
reset client_min_messages;
select format('select pglogical.drop_subscription(%L, true)', sub_name) from resubscribe order by node_id \gexec
select format($$
    begin;
    set local session_replication_role = replica;
    delete from billing.accounts where id %% 64 = %1$s;
    delete from billing.account_balances where node_id = %1$s;
    -- Keys and commands that were not compared yet.
    select billing.unpack_batches(2147483647);
    delete from billing.arrived_batches where node_id = %1$s;   -- first: whoever unpacks one now makes its rows before the next statement
    delete from billing.arrived_positions where node_id = %1$s;
    delete from billing.transaction_log where node_id = %1$s;
    delete from billing.seals where node_id = %1$s;
    delete from billing.duplicate_pay_outs where node_id = %1$s;
    delete from billing.duplicate_pay_ins where node_id = %1$s;
    delete from billing.clawbacks where node_id = %1$s;
    delete from billing.transfers where node_id = %1$s;
    delete from billing.drain_decisions where node_id = %1$s;
    delete from billing.node_heartbeats where node_id = %1$s;
    delete from billing.services where %1$s = 1;
    delete from billing.service_prices where %1$s = 1;
    commit $$, node_id)
  from resubscribe order by node_id \gexec
drop table resubscribe;

-- Apply workers that are told to end below. Until they have, pglogical calls them replicating: who
-- believed it would leave before there was anything to start again.
create temporary table told_to_end (pid integer, backend_start timestamptz);

do $$
declare
    self      integer := billing.local_node_id();
    link      record;
    known     record;
    sub       name;
    interface name;
    cause     text;
begin
    for link in select l.node_id, l.role_name, pg_temp.make_dsn(l.node_id, l.role_name, l.password, 'tcp_user_timeout=10000') as dsn
                  from pg_temp.links l join pg_temp.peer_nodes using (node_id)
                 where l.role_name ~ '^billing_replicator' order by l.node_id loop
        sub := billing.subscription_name(link.node_id, self);
        select i.if_dsn, i.if_name into known
          from pglogical.subscription s join pglogical.node_interface i on i.if_id = s.sub_origin_if
         where s.sub_name = sub;
        begin
            if not found then
                perform pglogical.create_subscription(sub, link.dsn, array[format('node%s_set', link.node_id), format('node%s_copies', link.node_id)],
                                                      synchronize_structure := false, synchronize_data := true,
                                                      forward_origins := '{}');
            elsif known.if_dsn <> link.dsn and strpos(known.if_dsn, format(' user=%s ', link.role_name)) = 0
                  and not pg_temp.is_answered(link.dsn) then
                -- As in 00_link_nodes.sql.
                raise warning 'node % does not let % in: it is subscribed to as before. Run this again once it is set up with it',
                    link.node_id, link.role_name;
            elsif known.if_dsn <> link.dsn then
                -- Another address, role or password: a further interface of the provider, and the switch to it.
                interface := format('node%s_%s', link.node_id, left(md5(link.dsn), 8));
                insert into told_to_end
                select a.pid, a.backend_start
                  from pg_stat_activity a join pglogical.subscription s on a.backend_type ~ format('^pglogical apply \d+:%s$', s.sub_id)
                 where s.sub_name = sub;
                perform pglogical.alter_node_add_interface('node' || link.node_id, interface, link.dsn);
                perform pglogical.alter_subscription_interface(sub, interface);
                perform pglogical.alter_node_drop_interface('node' || link.node_id, known.if_name);
            end if;
        exception when others then
            -- pglogical's DETAIL would show the DSN, password and all.
            get stacked diagnostics cause = message_text;
            raise exception 'node % cannot subscribe to node %: %', self, link.node_id, cause using errcode = sqlstate;
        end;
    end loop;
end $$;

-- Subscribed is not yet replicating: wait for the first copy, so that a provider that refuses is
-- reported here and not found out later. A worker that found its provider away, or that was told to use
-- another address, is started again by pglogical after up to three minutes, and of two that end at once
-- it may overlook one: restart_subscription does it now, in a transaction of its own. New ones are left
-- alone at first (sync_status i), for pglogical starts workers one by one, a second apart.
do $$
declare
    timeout_s   float := current_setting('billing_setup.sync_timeout_s');
    began_at    timestamptz := clock_timestamp();
    restart_at  timestamptz := began_at + interval '0.5 s';
    restartable "char"[] := '{r}';
    waiting     text;
    peer        integer;
begin
    loop
        select string_agg(s.subscription_name || ' is ' || s.status, ', ' order by s.subscription_name) into waiting
          from pglogical.show_subscription_status() s where s.status <> 'replicating';
        perform pg_stat_clear_snapshot();
        exit when waiting is null and not exists (select from told_to_end join pg_stat_activity using (pid, backend_start));
        if clock_timestamp() > began_at + make_interval(secs => timeout_s) then
            raise exception 'not replicating after % s: %', timeout_s, coalesce(waiting, 'a worker with the address before does not end')
                using errcode = 'GB016', hint = 'The log of this server says why. A lost slot: BILLING_RESUBSCRIBE in README.md.';
        end if;
        if clock_timestamp() > restart_at then
            for peer in
                select n.node_id
                  from billing.node_config n
                  join pglogical.show_subscription_status() s
                    on s.subscription_name = billing.subscription_name(n.node_id, billing.local_node_id())
                  join pglogical.subscription u on u.sub_name = s.subscription_name
                  join pglogical.local_sync_status y on y.sync_subid = u.sub_id and y.sync_nspname is null
                 where s.status = 'down' and y.sync_status = any (restartable)
            loop
                commit;
                perform billing.restart_subscription(peer);
                commit;
            end loop;
            -- Sooner than 5 s after a failure pglogical starts nothing.
            restart_at := clock_timestamp() + interval '6 s';
            restartable := '{i,r}';
        end if;
        perform pg_sleep(0.1);
    end loop;
end $$;
drop table told_to_end;
reset log_statement;
reset log_min_error_statement;
reset log_min_duration_statement;
