import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startCluster, type Cluster } from '@billing/cluster';
import { ask, eventually, testsFolder } from './psql.js';
import { nodeList, runPipeline } from './run-pipeline.js';

// Three nodes whose upgrade is not complete send rows; each switches to batches while writers at all of them never pause
// (docs/batches.md). A change that is sent in both forms or in none shows in the copies.
const nodes = [1, 2, 3];
let cluster: Cluster;
let accounts: string[];
/** Since then, at the latest, node 1 sends batches. */
let switchedAt: string | undefined;

const timeoutMs = 240_000;
const fact = (name: string, prove: () => Promise<void>): void => test(name, prove, timeoutMs);

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 3,
    members: ['postgres'],
    postgres: { fsync: false },
  });
  // As a cluster of before finds itself: nothing says that it may be complete at once. In the home, where psql sees it on both engines.
  const folder = join(mkdtempSync(join(cluster.home, 'sql-')), 'sql');
  cpSync(dirname(testsFolder), folder, { recursive: true });
  const path = join(folder, 'stage1/all/tables/create_completed_upgrades.sql');
  const text = readFileSync(path, 'utf8').replace(/\\if[^]*\\endif/, '');
  writeFileSync(path, text);
  const run = await runPipeline(cluster, nodes, {}, folder);
  expect([run.code, run.output]).toEqual([0, run.output]);
  accounts = [];
  for (let count = 0; count < 20; count += 1) {
    accounts.push(await ask(cluster, 1, `select add_account('account ${count}')`));
  }
  for (const nodeId of nodes) {
    const known = 'select count(*) from billing.accounts';
    expect(await eventually(() => ask(cluster, nodeId, known), '20')).toBe('20');
    await ask(cluster, nodeId, 'select billing.add_missing_balance_rows(100)');
  }
}, 120_000);

afterAll(() => cluster?.destroy(), 60_000);

const isPacked = (nodeId: number): Promise<string> =>
  ask(cluster, nodeId, 'select billing.is_packed()');

/** What each kind of writer does again and again in one session, whose plans are kept: so many times within the loop. */
const kinds = {
  payIns: `
    perform billing.apply_pay_ins('writers', part, claim, place, place + size, array(select place + g from generate_series(0, size - 1) g),
      array(select gen_random_uuid() from generate_series(1, size)),
      array(select accounts[1 + g % 20] from generate_series(1, size) g), array_fill(100::bigint, array[size]),
      array_fill('USD'::text, array[size]), array_fill('as it came'::text, array[size]), null, null, null, null, null, '',
      array_fill(0, array[size]), array_fill(0, array[size]));
    place := place + size;`,
  payOuts: `
    perform billing.pay_out(array_fill('client'::text, array[size]), array(select gen_random_uuid()::text from generate_series(1, size)),
      array_fill('\\x00'::bytea, array[size]), array(select accounts[1 + g % 20] from generate_series(1, size) g),
      array_fill(1::bigint, array[size]), array_fill('USD'::text, array[size]), array_fill(false, array[size]),
      array_fill(1000, array[size]), array_fill(null::text, array[size]), array_fill(null::text, array[size]));`,
  deposits: `
    perform public.deposit_balance(accounts[1 + times % 20], 1, billing.local_node_id());`,
  reserves: `
    perform billing.set_aside(gen_random_uuid(), 1, accounts[1 + times % 20], gen_random_uuid(), 2, 1, now() + interval '1 hour', null);`,
};

/** Every kind of writer at every node, in sizes that take long and short, until it is told to end. @returns rounds of each */
function writeAll(): () => Promise<number[]> {
  const writers = nodes.flatMap((nodeId) =>
    Object.entries(kinds).flatMap(([kind, call], index) =>
      (kind.startsWith('pay') ? [1, 1_000] : [1]).map((size, sizeIndex) =>
        ask(
          cluster,
          nodeId,
          `set client_min_messages = error;
           select epoch || ' ' || next_offset as claim from billing.claim_partition('writers', ${index * 2 + sizeIndex}, 'spec', 0, 1000000000) \\gset
           select set_config('spec.claim', :'claim', false) \\gset
           do $$
           declare accounts bigint[] := '{${accounts.join()}}'; size integer := ${size}; times integer := 0;
                   part integer := ${index * 2 + sizeIndex}; claim bigint := split_part(current_setting('spec.claim'), ' ', 1);
                   place bigint := split_part(current_setting('spec.claim'), ' ', 2);
           begin
             while to_regclass('public.enough') is null loop
               begin
                 ${call}
               -- Too little there; its account is just being copied anew.
               exception when sqlstate 'GB006' or sqlstate 'GB002' then null;
               end;
               commit;
               -- Writers of rows are ten times as fast as those who take them over, whom the pipeline waits for.
               perform pg_sleep(${size > 1 ? 1 : 0.03});
               times := times + 1;
             end loop;
             perform set_config('spec.times', times::text, false);
           end $$;
           select current_setting('spec.times');`,
          undefined,
          timeoutMs,
        ),
      ),
    ),
  );
  return async () => {
    for (const nodeId of nodes) await ask(cluster, nodeId, 'create table public.enough ()');
    const ended = await Promise.all(writers);
    for (const nodeId of nodes) await ask(cluster, nodeId, 'drop table public.enough');
    return ended.map((said) => Number(said.split('\n').at(-1)));
  };
}

/** What a node has of nodes' entries and parts. */
const described = (of: readonly number[]): string => `
  select (select format('%s entries, %s', count(*), sum(hashtextextended(e::text, 0)::numeric))
            from billing.entries e where node_id in (${of.join()})) || '; ' ||
         (select format('%s parts, %s', count(*), sum(hashtextextended(format('%s %s %s %s %s', account_id, node_id, balance_minor,
                 income_minor, reserved_minor), 0)::numeric)) from billing.account_balances where node_id in (${of.join()}))`;

/** Every node has every entry and part, each once, and they add up. Writers have ended: what a node has of its own is all there will be. */
async function expectSame(): Promise<void> {
  const odd = `select count(*) from billing.account_balances b
                where b.balance_minor <> (select coalesce(sum(amount_minor), 0) from billing.entries e
                                           where e.account_id = b.account_id and e.node_id = b.node_id)`;
  for (const of of nodes) {
    const own = await ask(cluster, of, described([of]));
    for (const at of nodes) {
      const seen = await eventually(() => ask(cluster, at, described([of])), own, 60_000);
      expect([at, of, seen]).toEqual([at, of, own]);
    }
  }
  for (const nodeId of nodes) expect(await ask(cluster, nodeId, odd)).toBe('0');
}

fact(
  'each change is sent once, in one form, while node after node switches under load',
  async () => {
    expect(await Promise.all(nodes.map(isPacked))).toEqual(['f', 'f', 'f']);
    const endAll = writeAll();
    let rounds: number[] = [];
    const switched: string[] = [];
    try {
      for (const nodeId of nodes) {
        const run = await runPipeline(cluster, [nodeId], {
          BILLING_COMPLETE_UPGRADE: '1',
          BILLING_PEER_NODES: nodeList(cluster, nodes),
        });
        expect([run.code, run.output]).toEqual([0, run.output]);
        switchedAt ??= await ask(cluster, 1, 'select clock_timestamp()');
        switched.push((await Promise.all(nodes.map(isPacked))).join(''));
      }
      // The last one sends some, too.
      await sleep(2_000);
    } finally {
      rounds = await endAll();
    }
    expect(switched).toEqual(['tff', 'ttf', 'ttt']);
    expect(Math.min(...rounds)).toBeGreaterThan(2);
    await expectSame();
  },
);

fact('unpacked, all is as it was', async () => {
  const before = await ask(cluster, 2, described(nodes));
  const waiting = 'select count(*) > 0 from billing.arrived_batches';
  expect(await ask(cluster, 2, waiting)).toBe('t');
  // Two at once share the work, and neither fails.
  const unpack = `do $$ begin
      while (select unpacked from billing.unpack_batches(2000)) > 0 or exists (select from billing.arrived_batches) loop commit; end loop;
    end $$`;
  await Promise.all([ask(cluster, 2, unpack), ask(cluster, 2, unpack)]);
  expect(await ask(cluster, 2, waiting)).toBe('f');
  expect(await ask(cluster, 2, described(nodes))).toBe(before);
});

const sealAll = `do $$ begin while (select sealed from billing.seal_batches(500)) > 0 or exists (select from billing.batches)
  loop commit; end loop; end $$`;

/** What the walk over a node's seals says, from the beginning to the end, at a node. */
const auditSeals = (at: number, of: number): Promise<string> =>
  ask(
    cluster,
    at,
    `with recursive walk as (
       select s.* from billing.audit_seals(${of}, '', 5000) s
       union all
       select s.* from walk w cross join lateral billing.audit_seals(${of}, w.next_after, 5000) s where w.next_after is not null
     ) select sum(checked) || ' ' || coalesce((select string_agg(f::text, ' ') from walk w, jsonb_array_elements(w.findings) f), 'none')
         from walk`,
  );

fact(
  'what was written since the switch is in one seal each, which says so at every node',
  async () => {
    expect(await ask(cluster, 1, 'select count(*) > 100 from billing.batches')).toBe('t');
    // Two at once do not seal anything twice, and neither fails.
    await Promise.all([1, 1, 2, 3].map((nodeId) => ask(cluster, nodeId, sealAll)));
    for (const nodeId of nodes) {
      expect(await ask(cluster, nodeId, 'select count(*) from billing.batches')).toBe('0');
    }
    await ask(cluster, 1, `select deposit_balance(${accounts[0]}, 1, 1)`);
    await ask(cluster, 1, sealAll);
    await expectSame();
    const own = `select count(*) || ' ' || max(number) || ' ' || sum(entry_count) || ' ' || md5(string_agg(digest::text, ' ' order by number))
                 from billing.seals where node_id = `;
    for (const of of nodes) {
      const sealed = await ask(cluster, of, own + of);
      const [count, last, entries] = sealed.split(' ').map(Number) as [number, number, number];
      expect([last, count > 1, entries > 100]).toEqual([count, true, true]);
      for (const at of nodes) {
        expect(await eventually(() => ask(cluster, at, own + of), sealed)).toBe(sealed);
        expect([at, of, await auditSeals(at, of)]).toEqual([at, of, `${count} none`]);
      }
    }
    // Each entry once, and none is left out.
    const sealed = `
      select count(*) || ' ' || count(distinct l.id) || ' ' || count(distinct s.id)
        from billing.transaction_log l
        left join (select l.id from billing.seals s cross join lateral unnest(s.entry_ids) r
                     join billing.transaction_log l on l.node_id = 1 and l.id >= lower(r) and l.id < upper(r)
                    where s.node_id = 1) s using (id)
       where l.node_id = 1 and l.created_at > '${switchedAt}'`;
    const [all, ...same] = (await ask(cluster, 1, sealed)).split(' ');
    expect([Number(all) > 100, ...same]).toEqual([true, all, all]);
  },
);

fact('what is sealed and forgotten at home is deleted nowhere else', async () => {
  for (const nodeId of nodes) {
    const log = readFileSync(cluster.memberLogFile('postgres', nodeId), 'utf8');
    expect(log.match(/CONFLICT: .*/g)).toBeNull();
  }
});

fact('a first copy under load meets what is sent meanwhile without a gap or a clash', async () => {
  // Rows in the table in another order than they were written in.
  await ask(cluster, 1, 'cluster billing.transaction_log using transaction_log_account');
  const endAll = writeAll();
  try {
    const run = await runPipeline(cluster, nodes, { BILLING_RESUBSCRIBE: '1:3 2:3' });
    expect([run.code, run.output]).toEqual([0, run.output]);
  } finally {
    await endAll();
  }
  await expectSame();
  await ask(cluster, 1, sealAll);
  const sealed = await ask(cluster, 1, 'select count(*) from billing.seals where node_id = 1');
  const arrived = () => ask(cluster, 3, 'select count(*) from billing.seals where node_id = 1');
  expect(await eventually(arrived, sealed)).toBe(sealed);
  expect(await auditSeals(3, 1)).toBe(`${sealed} none`);
});
