import { startCluster, type Cluster } from '@billing/cluster';
import { ask, eventually, psql } from './psql.js';

const all = [1, 2, 3];
let cluster: Cluster;

const timeoutMs = 60_000;
const fact = (name: string, prove: () => Promise<void>): void => test(name, prove, timeoutMs);

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: all.length,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

/** The same answer on every node, within seconds. */
const everywhere = async (sql: string, wanted: string, nodeIds = all): Promise<void> => {
  for (const nodeId of nodeIds) {
    expect([nodeId, await eventually(() => ask(cluster, nodeId, sql), wanted)]).toEqual([
      nodeId,
      wanted,
    ]);
  }
};

const sqlState = async (nodeId: number, sql: string): Promise<string> =>
  (
    await psql(cluster, nodeId, `\\set VERBOSITY sqlstate\n${sql}\n`, {
      args: ['-qAt'],
      notices: false,
    })
  ).output.trim();

fact('accounts of every node, their money, transfers and heartbeats are known to all', async () => {
  for (const nodeId of all) {
    expect(await ask(cluster, nodeId, `select add_account('of node ${nodeId}')`)).toBe(
      String(nodeId),
    );
    await ask(cluster, nodeId, `select add_account_balance(${nodeId}, ${nodeId}00, ${nodeId})`);
    await ask(cluster, nodeId, 'select billing.beat()');
  }
  await everywhere(
    'select id, username from accounts order by id',
    '1|of node 1\n2|of node 2\n3|of node 3',
  );
  await everywhere(
    'select account_id, node_id, balance from account_balances order by 1, 2',
    '1|1|100.00\n2|2|200.00\n3|3|300.00',
  );
  await everywhere(
    `select account_id, node_id, operation_type, amount from transaction_log order by 1`,
    '1|1|deposit|100.00\n2|2|deposit|200.00\n3|3|deposit|300.00',
  );
  await everywhere(
    `select node_id, to_node_id, amount_minor from billing.transfers order by 1, 2`,
    '1|2|3300\n1|3|3300\n2|1|6600\n2|3|6600\n3|1|10000\n3|2|10000',
  );
  await everywhere('select count(*) from billing.node_heartbeats', '3');
});

fact('a node credits its own part of an account of another home', async () => {
  await ask(cluster, 3, 'select deposit_balance(1, 5, 3)');
  await everywhere(
    'select node_id, balance from account_balances where account_id = 1 order by 1',
    '1|100.00\n3|5.00',
  );
});

fact('what arrived is not sent on, and is not changed here', async () => {
  const hops = `select count(*) from pg_replication_slots where active`;
  await everywhere(hops, '2');
  await everywhere(
    `select distinct coalesce(sub_forward_origins, '{}') from pglogical.subscription`,
    '{}',
  );
  expect(
    await sqlState(2, 'update billing.account_balances set balance_minor = 0 where node_id = 1;'),
  ).toBe('ERROR:  GB004');
  expect(await sqlState(2, `select deposit_balance(1, 5, 1);`)).toBe('ERROR:  GB004');
  expect(await sqlState(2, `update billing.accounts set username = 'x' where id = 1;`)).toBe(
    'ERROR:  GB004',
  );
  expect(await sqlState(2, `insert into billing.services values (9, 'x', 1, 'USD');`)).toBe(
    'ERROR:  GB004',
  );
});

fact('the catalogue comes from node 1', async () => {
  await ask(cluster, 1, `insert into billing.services values (1, 'x', 5000, 'USD')`);
  await everywhere('select name, price, currency from services', 'x|50.00|USD');
});

fact('an account is deleted at its home, from any node, once', async () => {
  await ask(cluster, 2, `select add_account('leaving')`);
  await everywhere(`select id from accounts where username = 'leaving'`, '66');
  await ask(cluster, 3, 'begin; select delete_account(66); rollback;');
  await everywhere('select is_deleted from accounts where id = 66', 't');
  expect(await sqlState(1, 'select delete_account(66);')).toBe('ERROR:  GB003');
  expect(await sqlState(1, 'select delete_account(6402);')).toBe('ERROR:  GB002');
});

describe('connections to other nodes', () => {
  fact('are kept, and work again after the other side has closed them', async () => {
    const script = `
      select connect_to_node(2);
      select billing.query_node('conn_2', 'select pg_backend_pid()::text') as first \\gset
      select connect_to_node(2);
      select billing.query_node('conn_2', 'select pg_backend_pid()::text') = :'first';
      select dblink_exec('host=${cluster.topology.host} port=${cluster.ports(2).postgres} dbname=billing user=admin password=${cluster.secrets.password('admin')}',
                         format('do $$ begin perform pg_terminate_backend(%s, 5000); end $$', :'first'));
      select connect_to_node(2);
      select billing.query_node('conn_2', 'select pg_backend_pid()::text') <> :'first';
      select disconnect_from_node('conn_2'), disconnect_from_node('conn_2');
      select dblink_get_connections() is null;`;
    expect(await ask(cluster, 1, script)).toBe('conn_2\nconn_2\nt\nDO\nconn_2\nt\n|\nt');
  });

  fact('run as the role of the caller, with its limits', async () => {
    expect(
      await ask(
        cluster,
        1,
        `select billing.query_node(connect_to_node(2),
           'select session_user || current_setting(''statement_timeout'') || current_setting(''lock_timeout'')')`,
      ),
    ).toBe('billing_peer_110s3s');
    expect(
      await sqlState(
        1,
        `select execute_remote_query(connect_to_node(2), 'table billing.accounts');`,
      ),
    ).toBe('ERROR:  42501');
  });

  fact('carry the other side’s error, and a silent one is given up in time', async () => {
    expect(
      await sqlState(
        1,
        `select execute_remote_query(connect_to_node(2), 'select billing.delete_home_account(1, $$spec$$, null, null)::text');`,
      ),
    ).toBe('ERROR:  GB004');
    const startedMs = Date.now();
    const run = await sqlState(
      1,
      `select billing.query_node(connect_to_node(2), 'select pg_sleep(8)::text', 300);
       select billing.query_node(connect_to_node(2), 'select 7::text');`,
    );
    expect(run).toBe('ERROR:  GB015\n7');
    expect(Date.now() - startedMs).toBeLessThan(4_000);
  });

  fact('that are lost in the middle of a call leave its outcome open', async () => {
    const call = sqlState(
      1,
      `select billing.query_node(connect_to_node(3), 'select pg_sleep(8)::text', 9000);`,
    );
    const running = `select count(*) from pg_stat_activity where usename = 'billing_peer_1' and query like '%pg_sleep%'`;
    await eventually(() => ask(cluster, 3, running), '1');
    await ask(
      cluster,
      3,
      `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'billing_peer_1'`,
    );
    expect(await call).toBe('ERROR:  GB015');
  });
});

describe('watching', () => {
  const status = (nodeId: number, columns: string): Promise<string> =>
    ask(
      cluster,
      nodeId,
      `select ${columns} from billing.replication_status() order by peer_node_id`,
      'billing_coordinator',
    );

  fact('shows every peer with its lag and its slot', async () => {
    for (const nodeId of all) await ask(cluster, nodeId, 'select billing.beat()');
    const healthy = `subscription_status, slot_active, slot_lost, slot_wal_bytes < 1e8,
      replay_lag_ms between 0 and 60000, beat_at > now() - interval '1 minute'`;
    const two = 'replicating|t|f|t|t|t';
    expect(await eventually(() => status(1, healthy), `${two}\n${two}`)).toBe(`${two}\n${two}`);
    expect(await status(1, 'peer_node_id')).toBe('2\n3');
  });

  fact('restarts a subscription that an apply error stopped', async () => {
    // A constraint that is only here stops the apply worker, again and again.
    await ask(
      cluster,
      2,
      `alter table billing.accounts add constraint only_here check (username <> 'collides')`,
    );
    expect(await ask(cluster, 1, `select add_account('collides')`)).toBe('65');
    const down = 'down\nreplicating';
    expect(await eventually(() => status(2, 'subscription_status'), down)).toBe(down);

    await ask(cluster, 2, 'alter table billing.accounts drop constraint only_here');
    const startedMs = Date.now();
    expect(
      await ask(cluster, 2, 'select billing.restart_subscription(1)', 'billing_coordinator'),
    ).toBe('t');
    const arrived = 'select username from accounts where id = 65';
    expect(await eventually(() => ask(cluster, 2, arrived), 'collides')).toBe('collides');
    // 5 s after its last crash at the latest; by itself it may take 180 s.
    expect(Date.now() - startedMs).toBeLessThan(9_000);
    expect(
      await ask(cluster, 2, 'select billing.restart_subscription(9)', 'billing_coordinator'),
    ).toBe('f');
  });

  fact('tells of a peer that is away, and of its coming back', async () => {
    await cluster.killMember('postgres', 3);
    const down = 'replicating|t\ndown|f';
    const columns = 'subscription_status, slot_active';
    expect(await eventually(() => status(1, columns), down)).toBe(down);
    await ask(cluster, 1, 'select deposit_balance(1, 1, 1)');

    await cluster.startMember('postgres', 3);
    for (const nodeId of [1, 2]) {
      await ask(cluster, nodeId, 'select billing.restart_subscription(3)', 'billing_coordinator');
    }
    await everywhere(
      'select balance from account_balances where account_id = 1 and node_id = 1',
      '101.00',
    );
    const up = 'replicating|t\nreplicating|t';
    expect(await eventually(() => status(1, columns), up)).toBe(up);
  });
});
