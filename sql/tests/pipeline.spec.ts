import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { loginRolesOf, startCluster, type Cluster } from '@billing/cluster';
import { currencies } from '@billing/money';
import { expectFile } from './expected-file.js';
import { ask, eventually, psql, testsFolder } from './psql.js';
import { nodeList, runPipeline } from './run-pipeline.js';

// Node 4 joins in the last tests. Everything that can be logged is logged, to be searched for secrets.
const first = [1, 2, 3];
let cluster: Cluster;

const timeoutMs = 120_000;
const fact = (name: string, prove: () => Promise<void>): void => test(name, prove, timeoutMs);
let temporary: string;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 4,
    members: ['postgres'],
    pipeline: false,
    postgres: {
      fsync: false,
      settings: {
        log_statement: 'all',
        log_min_duration_statement: '0',
        log_connections: 'on',
        track_functions: 'pl',
      },
    },
  });
  // In the home, where psql sees it on both engines.
  temporary = mkdtempSync(join(cluster.home, 'sql-'));
}, 120_000);

afterAll(async () => {
  await cluster?.destroy();
}, 60_000);

const schemaOf = async (nodeId: number): Promise<string> => {
  const list = readFileSync(join(testsFolder, 'list_schema.sql'), 'utf8');
  return (await psql(cluster, nodeId, list, { args: ['-q'] })).output;
};

// Sums over whole rows of every table, and who may do what: what a second run could change.
const contentOf = (nodeId: number): Promise<string> =>
  ask(
    cluster,
    nodeId,
    `select format('select %L, count(*), md5(coalesce(string_agg(t::text, e''\\n'' order by t::text), ''''))
        from %s t;', c.oid::regclass, c.oid::regclass)
       from pg_class c where relkind = 'r'
        and relnamespace in ('billing'::regnamespace, 'pglogical'::regnamespace)
        and relname not in ('local_sync_status', 'queue')
      order by 1 \\gexec`,
  );

describe('three nodes', () => {
  fact('are set up with a line a stage', async () => {
    const run = await runPipeline(cluster, first, { BILLING_SAMPLE_DATA: '1' });
    expect(run.output).toMatch(
      /^stage1: 3 node\(s\), \d+ s\nstage2: 3 node\(s\), \d+ s\nstage3: 3 node\(s\), \d+ s\n$/,
    );
    expect(run.code).toBe(0);
  });

  fact('a second run changes nothing', async () => {
    // The shares of the sample accounts, sent without a coordinator: the accounts themselves come by replication.
    const delivered = `select count(*) from billing.transfers where state = 'delivered'`;
    for (const nodeId of first) {
      expect(await eventually(() => ask(cluster, nodeId, delivered), '6')).toBe('6');
      const rows = `select count(*) from account_balances where balance > 0`;
      expect(await eventually(() => ask(cluster, nodeId, rows), '9')).toBe('9');
      const entries = 'select count(*) from billing.entries';
      expect(await eventually(() => ask(cluster, nodeId, entries), '15')).toBe('15');
    }
    const before = await Promise.all(first.map(contentOf));
    expect(before[0]).toContain('billing.accounts|3|');
    const run = await runPipeline(cluster, first, { BILLING_SAMPLE_DATA: '1' });
    expect(run.code).toBe(0);
    expect(await Promise.all(first.map(contentOf))).toEqual(before);
  });

  // Whoever sends is told of it, and pglogical may then send parts of a row, or end with the server (docs/faults-found.md).
  fact('a second run touches no table that is sent', async () => {
    const touched = `
      select string_agg(o.name || ' ' || o.made_by, e'\n' order by o.name)
        from billing.sent_tables() s, lateral (
             select c.relname::text, c.xmin from pg_class c where c.oid = s.relation
             union all
             select c.relname || '.' || t.tgname, t.xmin
               from pg_trigger t join pg_class c on c.oid = t.tgrelid where c.oid = s.relation
             union all
             select 'set of ' || r.set_reloid::regclass, r.xmin
               from pglogical.replication_set_table r where r.set_reloid = s.relation) o (name, made_by)`;
    const before = await ask(cluster, 1, touched);
    expect(before).toContain('accounts.trg_note_arrived_account');
    const run = await runPipeline(cluster, first, { BILLING_SAMPLE_DATA: '1' });
    expect(run.code).toBe(0);
    expect(await ask(cluster, 1, touched)).toBe(before);
  });

  fact('a trigger that somebody changed is made anew', async () => {
    const changed = ['trg_prevent_negative_balance', 'trg_pack_update'];
    const enabled = `select string_agg(distinct tgenabled::text, '') from pg_trigger where tgname in ('${changed.join("','")}')`;
    for (const name of changed) {
      await ask(cluster, 1, `alter table billing.account_balances disable trigger ${name}`);
    }
    expect(await ask(cluster, 1, enabled)).toBe('D');
    expect(
      (await runPipeline(cluster, [1], { BILLING_PEER_NODES: nodeList(cluster, first) })).code,
    ).toBe(0);
    expect(await ask(cluster, 1, enabled)).toBe('O');
  });

  fact('have the schema of the snapshot; the catalogue is sent by node 1 alone', async () => {
    const [one, two, three] = await Promise.all(first.map(schemaOf));
    expectFile(join(testsFolder, 'schema.snapshot.txt'), one!);
    const fromOthers = one!.replace(/^replicated billing\.service(s|_prices) .+\n/gm, '');
    expect(fromOthers).not.toBe(one);
    expect([two, three]).toEqual([fromOthers, fromOthers]);
  });

  fact(
    'a set of copies that version 9 has made gets what parts hold, like all of them',
    async () => {
      const columnsOf = (nodeId: number): Promise<string> =>
        ask(
          cluster,
          nodeId,
          `select string_agg(c, ',' order by c) from pglogical.replication_set_table t
           join pglogical.replication_set s on s.set_id = t.set_id and s.set_name = 'node${nodeId}_copies'
          cross join unnest(t.set_att_list) c where t.set_reloid = 'billing.account_balances'::regclass`,
        );
      const all = await columnsOf(1);
      const ofBefore = all.replace('held_minor,', '');
      await ask(
        cluster,
        1,
        `select pglogical.replication_set_remove_table('node1_copies', 'billing.account_balances'),
              pglogical.replication_set_add_table('node1_copies', 'billing.account_balances', false,
                                                  string_to_array('${ofBefore}', ','), 'node_id = 1')`,
      );
      expect(await columnsOf(1)).toBe(ofBefore);
      const run = await runPipeline(cluster, first);
      expect(run.code).toBe(0);
      expect(await columnsOf(1)).toBe(all);
      expect(await columnsOf(2)).toBe(all);
    },
  );

  fact('know the currencies that libs/money knows', async () => {
    const rows = await ask(cluster, 2, 'select code, exponent from billing.currencies');
    const known = rows.split('\n').map((row) => row.split('|') as [string, string]);
    expect(new Map(known.map(([code, exponent]) => [code, Number(exponent)]))).toEqual(
      new Map(currencies()),
    );
  });

  fact('have the sample data once, replicated', async () => {
    const names = 'select id, username from accounts order by id';
    const samples = '1|Aleksandrov\n65|Pavlichev\n129|Shalaev';
    for (const nodeId of first) {
      expect(await eventually(() => ask(cluster, nodeId, names), samples)).toBe(samples);
      expect(await ask(cluster, nodeId, 'select count(*) from services')).toBe('3');
    }
    const parts = `select string_agg(balance::text, ' ' order by account_id, node_id) from account_balances`;
    expect(await ask(cluster, 1, parts)).toBe(
      '334.00 333.00 333.00 668.00 666.00 666.00 1000.00 1000.00 1000.00',
    );
  });

  fact('run the files of node<i>/ on node i alone, after those for every node', async () => {
    const copy = join(temporary, 'sql-of-nodes');
    cpSync(dirname(testsFolder), copy, { recursive: true });
    const note = (stage: number, where: string): void => {
      const folder = join(copy, `stage${stage}`, where);
      mkdirSync(folder, { recursive: true });
      const text = `insert into public.ran values ('stage${stage}/${where}');\n`;
      writeFileSync(join(folder, '99_note.sql'), text);
    };
    writeFileSync(
      join(copy, 'stage1/all/00_note.sql'),
      'create table if not exists public.ran (file text, at timestamptz default clock_timestamp());\n',
    );
    for (const stage of [1, 2]) {
      for (const where of ['all', 'node', 'node1', 'node2', 'node3']) note(stage, where);
    }
    try {
      const run = await runPipeline(cluster, first, {}, copy);
      expect([run.code, run.output]).toEqual([0, run.output]);
      for (const nodeId of first) {
        const ran = await ask(cluster, nodeId, `select string_agg(file, ' ' order by at) from ran`);
        const inOrder = [1, 2].flatMap((stage) =>
          ['all', 'node', `node${nodeId}`].map((where) => `stage${stage}/${where}`),
        );
        expect(ran).toBe(inOrder.join(' '));
      }
    } finally {
      for (const nodeId of first) await ask(cluster, nodeId, 'drop table if exists ran');
    }
  });

  fact('a database is one node for ever', async () => {
    const [one, two, three] = nodeList(cluster, first).split(' ') as [string, string, string];
    const swapped = `${two.replace('2=', '1=')} ${one.replace('1=', '2=')} ${three}`;
    const run = await runPipeline(cluster, first, { BILLING_NODES: swapped });
    expect(run.code).toBe(1);
    expect(run.output).toContain('this database is node 2, and BILLING_NODES calls it node 1');
  });

  fact('each role logs in with its own password, and the owner not at all', async () => {
    for (const role of [...cluster.topology.roles, 'billing_peer_2', 'billing_replicator_3']) {
      expect(await ask(cluster, 1, 'select session_user', role)).toBe(role);
    }
    const readOnly = 'show default_transaction_read_only';
    expect(await ask(cluster, 1, readOnly, 'billing_gateway')).toBe('on');
    const owner = await psql(cluster, 1, 'select 1', { role: 'billing_owner' });
    expect([owner.code, owner.output]).toEqual([
      2,
      expect.stringContaining('authentication failed'),
    ]);
  });
});

describe('later', () => {
  const applyWorker = (provider: number): string =>
    `select pid from pg_stat_activity where backend_type like 'pglogical apply %:' ||
       (select sub_id from pglogical.subscription where sub_name like '%from_node${provider}_%')`;

  fact('new passwords take effect with the next run, on live subscriptions', async () => {
    for (const role of ['billing_replicator_1', 'billing_peer_2', 'billing_peer_1']) {
      // What a password may hold and a connection string must quote.
      writeFileSync(cluster.secrets.passwordFile(role), `it's \\ "new": ${role}`);
    }
    // A worker that is slow to end: it has the password before until it has.
    const [, worker] = /^(\d+)$/.exec(await ask(cluster, 1, applyWorker(2))) ?? [];
    // It reads what it is given first: a program that ends before breaks the pipe now and then.
    const signal = (name: string): Promise<string> =>
      ask(cluster, 1, `copy (select) to program 'cat > /dev/null && kill -${name} ${worker}'`);
    await signal('STOP');
    const running = runPipeline(cluster, first);
    let ended: unknown;
    try {
      const isTold = `select count(*) > 0 from pglogical.node_interface where if_dsn like '%new%billing_replicator_1%'`;
      expect(await eventually(() => ask(cluster, 1, isTold), 't')).toBe('t');
      ended = await Promise.race([running, setTimeout(3_000)]);
    } finally {
      await signal('CONT');
    }
    expect(ended).toBeUndefined();
    const run = await running;
    expect([run.code, run.output]).toEqual([0, run.output]);
    await ask(cluster, 2, `select add_account('after the change')`);
    const arrived = `select count(*) from accounts where username = 'after the change'`;
    expect(await eventually(() => ask(cluster, 1, arrived), '1')).toBe('1');
    expect(await ask(cluster, 1, 'select connect_to_node(3)')).toBe('conn_3');
  });

  const mainSync = (provider: number): string =>
    `sync_nspname is null and sync_subid = (select sub_id from pglogical.subscription
       where sub_name like '%from_node${provider}_%')`;

  fact(
    'a first copy that was interrupted is made anew, with the rows of that node alone',
    async () => {
      await ask(cluster, 2, 'select deposit_balance(1, 7, 2)');
      await ask(
        cluster,
        2,
        `update pglogical.local_sync_status set sync_status = 'd' where ${mainSync(1)};
       select billing.restart_subscription(1)`,
      );
      const status = 'select subscription_status from billing.replication_status()';
      expect(await eventually(() => ask(cluster, 2, status), 'down\nreplicating')).toMatch(/^down/);

      const run = await runPipeline(cluster, first);
      expect([run.code, run.output]).toEqual([0, run.output]);
      expect(await ask(cluster, 2, status)).toBe('replicating\nreplicating');
      const rows = `select string_agg(account_id || ':' || node_id || ':' || balance, ' ' order by account_id, node_id)
      from account_balances where balance > 0`;
      const wanted =
        '1:1:334.00 1:2:340.00 1:3:333.00 65:1:668.00 65:2:666.00 65:3:666.00 129:1:1000.00 129:2:1000.00 129:3:1000.00';
      for (const nodeId of first) {
        expect(await eventually(() => ask(cluster, nodeId, rows), wanted)).toBe(wanted);
      }
    },
  );

  fact('a subscription that is named is made anew', async () => {
    // A row that replication lost: only a new copy brings it back.
    await ask(
      cluster,
      3,
      `do $$ begin perform billing.unpack_batches(1000); end $$; set session_replication_role = replica; delete from billing.transaction_log where account_id = 65 and node_id = 1`,
    );
    const run = await runPipeline(cluster, first, { BILLING_RESUBSCRIBE: '1:3' });
    expect([run.code, run.output]).toEqual([0, run.output]);
    const entries =
      'select count(*) from billing.transaction_log where account_id = 65 and node_id = 1';
    expect(await ask(cluster, 3, entries)).toBe('3');
    expect(await ask(cluster, 1, 'select count(*) from pg_replication_slots where active')).toBe(
      '2',
    );
  });

  fact('the copies of a provider that the subscriber cannot reach are kept', async () => {
    const copies = 'select count(*) from billing.entries where node_id = 1';
    const there = await ask(cluster, 3, copies);
    const run = await runPipeline(cluster, first, {
      BILLING_RESUBSCRIBE: '1:3',
      BILLING_PEER_NODES_3: `1=127.0.0.1:1 ${nodeList(cluster, [2, 3])}`,
    });
    expect(run.code).toBe(1);
    expect(await ask(cluster, 3, copies)).toBe(there);
    expect(run.output).toContain('node 1 cannot be reached');
    expect(there).not.toBe('0');
  });

  fact('a watchdog does not disturb the first copy of a subscription', async () => {
    // It may see the new subscription as down before pglogical has started its worker.
    const restarts = 'select billing.restart_subscription(1);\n'.repeat(50);
    let isOver = false;
    const watching = (async () => {
      while (!isOver) await psql(cluster, 3, restarts);
    })();
    const run = await runPipeline(cluster, first, { BILLING_RESUBSCRIBE: '1:3' });
    isOver = true;
    await watching;
    expect([run.code, run.output]).toEqual([0, run.output]);
  });

  fact(
    'a key of one’s own is accepted in production, and the DSNs are encrypted anew',
    async () => {
      const developmentKey = readFileSync(cluster.layout.pgcryptoKeyFile, 'utf8');
      const ciphers =
        'select string_agg(md5(encrypted_dsn), $$ $$ order by node_id) from node_config';
      const before = await ask(cluster, 1, ciphers);
      await cluster.replacePgcryptoKey('a key that is nobody else’s\n');
      try {
        const run = await runPipeline(cluster, first, { NODE_ENV: 'production' });
        expect([run.code, run.output]).toEqual([0, run.output]);
        expect(await ask(cluster, 1, 'select connect_to_node(2)')).toBe('conn_2');
        expect(await ask(cluster, 1, ciphers)).not.toBe(before);
      } finally {
        await cluster.replacePgcryptoKey(developmentKey);
      }
      expect((await psql(cluster, 1, 'select connect_to_node(2)')).output).toContain(
        'cannot be decrypted',
      );
      expect(await runPipeline(cluster, first)).toMatchObject({ code: 0 });
      expect(await ask(cluster, 1, 'select connect_to_node(2)')).toBe('conn_2');
    },
  );

  fact('a fourth node joins live nodes and gets what they have', async () => {
    const run = await runPipeline(cluster, [...first, 4]);
    expect([run.code, run.output]).toEqual([0, run.output]);
    // Its workers start one by one, a second apart: those yet to come are not restarted.
    const restarts = `select pg_stat_clear_snapshot(), (select calls from pg_stat_user_functions
       where funcname = 'restart_subscription')`;
    expect(await ask(cluster, 4, restarts)).toBe('|');
    const balances =
      'select account_id, node_id, balance from account_balances where balance > 0 order by 1, 2';
    expect(await ask(cluster, 4, balances)).toBe(await ask(cluster, 1, balances));
    expect(
      await ask(
        cluster,
        2,
        'select string_agg(node_id::text, $$ $$ order by node_id) from node_config',
      ),
    ).toBe('1 2 3 4');

    expect(await ask(cluster, 4, `select add_account('of node four')`)).toBe('4');
    const arrived = `select id from accounts where username = 'of node four'`;
    for (const nodeId of first) {
      expect(await eventually(() => ask(cluster, nodeId, arrived), '4')).toBe('4');
    }
    await ask(cluster, 1, `select add_account_balance(add_account('of four parts'), 10, 1)`);
    expect(
      await ask(
        cluster,
        1,
        `select string_agg(to_node_id || ':' || amount_minor, ' ' order by to_node_id)
      from billing.transfers t join billing.accounts a on a.id = t.account_id where a.username = 'of four parts'`,
      ),
    ).toBe('2:200 3:200 4:200');
  });

  fact('no password and no key reached a log', async () => {
    await ask(cluster, 1, 'select 42 as is_logged');
    const stopped = cluster.stopMember('postgres', 3);
    await stopped; // connection errors quote DSNs, if anything does
    await eventually(
      async () =>
        readFileSync(cluster.memberLogFile('postgres', 1), 'utf8').match(
          /could not connect/,
        )?.[0] ?? '',
      'could not connect',
      20_000,
    );
    const secrets = [
      cluster.topology.superuser,
      ...loginRolesOf(cluster.topology, [1, 2, 3, 4]),
    ].map((role) => cluster.secrets.password(role));
    secrets.push(readFileSync(join(dirname(testsFolder), '../pgcrypto_key.txt'), 'utf8').trim());
    secrets.push(
      await ask(
        cluster,
        1,
        `select substring(if_dsn from 'password=(\\w+)') from pglogical.node_interface where if_dsn like '%billing_copier%'`,
      ),
    );
    for (const nodeId of [1, 2, 3, 4]) {
      const log = readFileSync(cluster.memberLogFile('postgres', nodeId), 'utf8');
      expect(log.includes('statement: set log_statement = ')).toBe(true);
      for (const secret of secrets) {
        expect(secret.length).toBeGreaterThan(15);
        expect(log.includes(secret) || log.includes(secret.replaceAll("'", "''"))).toBe(false);
      }
    }
    expect(readFileSync(cluster.memberLogFile('postgres', 1), 'utf8').includes('is_logged')).toBe(
      true,
    );
  });
});
