import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import { appKinds, type AppKind, type Cluster } from '@billing/cluster';
import { Database, listLockHolders, type DatabaseError, type Session } from '@billing/database';
import { eventually, Ledger, startCluster } from '@billing/testing';
import { failuresIn } from '../gateway/gateway-process.js';
import { Upstream } from '../pay-ins/upstream.js';
import { metricsUrl } from '../../monitoring/prometheus-process.js';

// What PostgreSQL does when it is neither up nor down: the apps wait for it, say what for, and go on by
// themselves. Nothing restarts a member here, so one that ends is seen.
const statementTimeoutMs = 2_000;
const readOnlyForMs = 6_000;
const backWithinMs = 10_000;
let cluster: Cluster;
let ledger: Ledger;
let account: string;
let pids: Record<string, number | undefined>;
let claims: unknown;

beforeAll(async () => {
  const often = { METRICS_INTERVAL_MS: '500' };
  cluster = await startCluster({
    nodeCount: 1,
    postgres: { fsync: false },
    appEnvironment: {
      'ledger-worker': { ...often, WORKER_STATEMENT_TIMEOUT_MS: String(statementTimeoutMs) },
      coordinator: often,
      gateway: often,
    },
  });
  ledger = new Ledger(cluster, 1);
  account = String((await ledger.openAccounts(1))[0]);
  await payIn('1000.00');
  await untilBalance(100_000n);
  pids = pidsNow();
  claims = await settledClaims();
}, 180_000);

// The same processes, and the worker has kept its partitions: the group never gave them out anew.
afterEach(async () => {
  expect(pidsNow()).toEqual(pids);
  expect(await claimsNow()).toEqual(claims);
});

afterAll(async () => {
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

function pidsNow(): Record<string, number | undefined> {
  return Object.fromEntries(appKinds.map((kind) => [kind, cluster.memberStatus(kind, 1).pid]));
}

const claimsNow = (): Promise<unknown> =>
  ledger.rows('select partition_id, epoch from billing.consumer_offsets order by 1');

/** A member that joins after the first has begun is waited for until that one's next heartbeat: then all are claimed again. */
async function settledClaims(): Promise<unknown> {
  const upstream = await Upstream.connect(cluster.kafkaConnection(1));
  const group = async () =>
    (await upstream.admin.describeGroups(['billing-ledger-worker'])).groups[0];
  try {
    await eventually(group, (found) => found?.state === 'Stable' && found.members.length === 2);
    let before: unknown;
    const claimsLater = () => sleep(500).then(claimsNow);
    return await eventually(claimsLater, (now) => {
      const isSame = isDeepStrictEqual(now, before);
      before = now;
      return isSame;
    });
  } finally {
    await upstream.close();
  }
}

async function call(path: string, body?: object, headers = {}): Promise<Answer> {
  const response = await fetch(cluster.gatewayUrl(1) + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${await cluster.signToken()}`,
      ...(body && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function payIn(amount: string): Promise<void> {
  const body = { accountId: account, amount, currency: 'USD' };
  expect((await call('/v1/pay-ins', body)).status).toBe(202);
}

const payOut = (key: string): Promise<Answer> =>
  call(
    '/v1/pay-outs',
    { accountId: account, amount: '1.00', currency: 'USD' },
    { 'idempotency-key': key },
  );

const balance = (): Promise<bigint | undefined> =>
  ledger.localBalances([BigInt(account)]).then((balances) => balances.get(BigInt(account)));

const untilBalance = (minor: bigint): Promise<unknown> =>
  eventually(balance, (seen) => seen === minor, backWithinMs);

async function health(kind: AppKind, path = 'ready'): Promise<Answer> {
  const response = await fetch(cluster.healthUrl(kind, 1).replace('ready', path));
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const log = (kind: AppKind): string => readFileSync(cluster.memberLogFile(kind, 1), 'utf8');

async function metrics(kind: AppKind, name: string): Promise<string[]> {
  const text = await (await fetch(metricsUrl(cluster, kind, 1))).text();
  return text.split('\n').filter((line) => line.startsWith(name));
}

/** As a failover to a replica looks: every transaction that begins from now on may only read. */
async function takeNoWrites(isReadOnly: boolean): Promise<void> {
  await ledger.rows(
    isReadOnly
      ? 'alter system set default_transaction_read_only = on'
      : 'alter system reset default_transaction_read_only',
  );
  await ledger.rows('select pg_reload_conf()');
}

describe('a PostgreSQL that takes no writes', () => {
  const key = randomUUID();

  afterAll(() => takeNoWrites(false));

  test('is waited for by the same processes, which say so, and pay-outs may be asked again', async () => {
    const before = (await balance())!;
    await takeNoWrites(true);
    const endMs = performance.now() + readOnlyForMs;
    for (let n = 0; n < 12; n += 1) await payIn('1.00');
    expect(await payOut(key)).toMatchObject({
      status: 503,
      body: { type: expect.stringMatching(/unavailable$/), retryable: true },
    });
    for (const kind of ['ledger-worker', 'coordinator'] as const) {
      await eventually(
        () => health(kind),
        ({ status, body }) => status === 503 && /read.only/.test(JSON.stringify(body)),
      );
      expect((await health(kind, 'live')).status).toBe(200);
    }
    // A connection that leads to a replica since a failover is of no use any more.
    const session = await ledger.database.connect('spec');
    await expect(
      session.query('write', 'update billing.node_heartbeats set beat_at = beat_at'),
    ).rejects.toMatchObject({ kind: 'away', effect: 'none' });
    expect(session.isLost).toBe(true);
    session.release();
    await sleep(Math.max(0, endMs - performance.now()));
    expect(pidsNow()).toEqual(pids);
    expect(await balance()).toBe(before);

    await takeNoWrites(false);
    await untilBalance(before + 1_200n);
    const paid = await eventually(
      () => payOut(key),
      ({ status }) => status === 201,
    );
    expect(paid.status).toBe(201);
    expect(await balance()).toBe(before + 1_100n);
    for (const kind of appKinds) {
      await eventually(
        () => health(kind),
        ({ status }) => status === 200,
      );
    }
  }, 60_000);
});

describe('a lock that somebody forgot', () => {
  let forgotten: Session;
  let other: Database;

  beforeAll(async () => {
    other = new Database({
      url: cluster.databaseUrl(1),
      password: cluster.secrets.password(cluster.topology.superuser),
      poolMax: 1,
      applicationName: 'forgotten psql',
    });
    forgotten = await other.connect('spec');
  });

  afterAll(async () => {
    forgotten?.release(true);
    await other?.close();
  });

  test('is waited for by the same processes, who holds it is said, and then all is applied', async () => {
    const before = (await balance())!;
    const [holder] = await forgotten.query<{ pid: number }>(
      'pid',
      'select pg_backend_pid() as pid',
    );
    await forgotten.query('begin', 'begin');
    await forgotten.query('lock', 'lock table billing.account_balances in share mode');
    for (let n = 0; n < 12; n += 1) await payIn('1.00');
    const key = randomUUID();
    const refused = payOut(key);
    const said = `"pid":${holder!.pid},`;
    for (const kind of ['ledger-worker', 'coordinator'] as const) {
      const [wait] = await eventually(
        () => metrics(kind, 'billing_lock_wait_seconds{'),
        ([line]) => Number(line?.split(' ').at(-1) ?? 0) > 1,
      );
      expect(wait).toContain('holder="admin",state="idle in transaction"');
      await eventually(
        () => Promise.resolve(log(kind)),
        (text) => text.includes(said) && text.includes('forgotten psql'),
      );
    }
    expect(await refused).toMatchObject({ status: 503, body: { retryable: true } });
    // Cut off by its time limit more than once.
    await eventually(
      () => Promise.resolve(log('ledger-worker').split('statement timeout').length),
      (count) => count > 2,
    );
    expect(failuresIn((await health('ledger-worker')).body)).toMatchObject({
      postgresql: expect.stringContaining('statement timeout'),
    });
    expect(pidsNow()).toEqual(pids);

    await forgotten.query('rollback', 'rollback');
    await eventually(
      () => payOut(key),
      ({ status }) => status === 201,
    );
    await untilBalance(before + 1_100n);
    for (const kind of ['ledger-worker', 'coordinator'] as const) {
      await eventually(
        () => metrics(kind, 'billing_lock_wait_seconds{'),
        (lines) => lines.length === 0,
      );
    }
  }, 60_000);
});

test('of those who wait for a lock behind each other, the one who has it is told', async () => {
  const sessions = await Promise.all([1, 2].map(() => ledger.database.connect('spec')));
  const [first, second] = sessions as [Session, Session];
  try {
    await first.query('begin', 'begin');
    await first.query('share', 'select count(*) from billing.services');
    const [holder] = await first.query<{ pid: number }>('pid', 'select pg_backend_pid() as pid');
    const exclusive = second.query('exclusive', 'do $$ begin lock table billing.services; end $$');
    // Waits for the second alone, who waits for the first.
    await eventually(
      () => ledger.value<bigint>('select count(*) from pg_locks where not granted'),
      (count) => count === 1n,
    );
    const behind = ledger.rows('/* behind */ select count(*) from billing.services');
    const waits = Promise.allSettled([exclusive, behind]);
    const database = new Database({
      url: cluster.databaseUrl(1, 'billing_coordinator'),
      password: cluster.secrets.password('billing_coordinator'),
      poolMax: 1,
      applicationName: 'spec',
    });
    const holders = await eventually(
      () => listLockHolders(database, 200),
      (found) => found[0]?.waiting === 2,
    ).finally(() => database.close());
    expect(holders).toEqual([
      expect.objectContaining({
        pid: holder!.pid,
        role: 'admin',
        application: 'spec',
        state: 'idle in transaction',
        waitingRoles: ['admin'],
      }),
    ]);
    await first.query('rollback', 'rollback');
    await waits;
  } finally {
    for (const session of sessions) session.release(true);
  }
}, 30_000);

describe('functions that are replaced under running services', () => {
  // What they return changes, so that no prepared statement of theirs fits any more.
  const replaced = ['get_balance', 'apply_pay_ins', 'pay_out'];

  const replace = (): Promise<unknown> =>
    ledger.rows(`/* replace */ do $do$
      declare
        f record;
      begin
        for f in
          select p.proname, p.oid::regprocedure as signature, oidvectortypes(p.proargtypes) as types,
                 (select string_agg('$' || n, ', ') from generate_series(1, p.pronargs) n) as given,
                 (select string_agg(format('%I %s', a.name, format_type(a.type, null)), ', ' order by a.ordinality)
                    from unnest(p.proallargtypes, p.proargmodes, p.proargnames)
                         with ordinality a (type, mode, name, ordinality)
                   where a.mode in ('o', 't')) as outs
            from pg_proc p
           where p.pronamespace = 'billing'::regnamespace and p.proname = any ('{${replaced.join()}}')
        loop
          execute format('alter function %s rename to %I', f.signature, f.proname || '_before');
          execute format('create function billing.%I(%s) returns table (%s, spec_more integer)
                            language sql security definer as %L',
                         f.proname, f.types, f.outs,
                         format('select r.*, 1 from billing.%I(%s) r', f.proname || '_before', f.given));
          execute format('grant execute on function billing.%I(%s) to public', f.proname, f.types);
        end loop;
      end $do$`);

  const putBack = (): Promise<unknown> =>
    ledger.rows(`/* put back */ do $do$
      declare
        f record;
      begin
        for f in
          select p.proname, p.oid::regprocedure as signature from pg_proc p
           where p.pronamespace = 'billing'::regnamespace and p.proname = any ('{${replaced.join()}}')
             and exists (select from pg_proc b where b.pronamespace = p.pronamespace
                            and b.proname = p.proname || '_before')
        loop
          execute format('drop function %s', f.signature);
          execute format('alter function %s rename to %I',
                         (select b.oid::regprocedure from pg_proc b
                           where b.pronamespace = 'billing'::regnamespace and b.proname = f.proname || '_before'),
                         f.proname);
        end loop;
      end $do$`);

  afterAll(putBack);

  test('are noticed by no caller', async () => {
    // As many at once as make every pool open several connections, each with its statements.
    const useAll = async (): Promise<void> => {
      const before = (await balance())!;
      const reads = Array.from({ length: 24 }, () => call(`/v1/accounts/${account}/balance`));
      const paid = Array.from({ length: 6 }, () => payOut(randomUUID()));
      await payIn('1.00');
      expect((await Promise.all(reads)).map(({ status }) => status)).toEqual(Array(24).fill(200));
      expect((await Promise.all(paid)).map(({ status }) => status)).toEqual(Array(6).fill(201));
      await untilBalance(before - 500n);
    };
    await useAll();
    await replace();
    await useAll();
    await putBack();
    await useAll();
  }, 60_000);
});

describe('a PostgreSQL that says nothing', () => {
  test('is away while it is asked for a connection, and the outcome of a statement is not known', async () => {
    const database = new Database({
      url: cluster.databaseUrl(1),
      password: cluster.secrets.password(cluster.topology.superuser),
      poolMax: 2,
      applicationName: 'spec',
      statementTimeoutMs: 200,
    });
    const fail = (text: string): Promise<DatabaseError> =>
      database.query(text, text).then(
        () => Promise.reject(new Error('it was answered')),
        (error: DatabaseError) => error,
      );
    try {
      expect(await fail('select pg_sleep(1)')).toMatchObject({ kind: 'timeout', effect: 'none' });
      await database.query('one', 'select 1');
      await cluster.pauseMember('postgres', 1);
      expect(await fail('select 1')).toMatchObject({ kind: 'timeout', effect: 'unknown' });
      expect(await fail('select 1')).toMatchObject({ kind: 'away', effect: 'none' });
    } finally {
      await cluster.resumeMember('postgres', 1);
      await database.close();
    }
  }, 30_000);
});
