import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '@billing/cluster';
import { Database, DatabaseError, holdNode, recordAudit, type Session } from '@billing/database';
import { eventually, Ledger, startCluster } from '@billing/testing';

// One server, and sessions in the place of a node's coordinators.
let cluster: Cluster;
let ledger: Ledger;
let database: Database;
let sessions: Session[];

const long = 60_000;
const short = 400;

beforeAll(async () => {
  cluster = await startCluster({
    nodeCount: 1,
    members: ['postgres'],
    pipeline: true,
    postgres: { fsync: false },
  });
  ledger = new Ledger(cluster, 1);
  database = new Database({
    url: cluster.databaseUrl(1, 'billing_coordinator'),
    password: cluster.secrets.password('billing_coordinator'),
    poolMax: 10,
    applicationName: 'spec as coordinator',
  });
}, 120_000);

afterAll(async () => {
  await database?.close();
  await ledger?.close();
  await cluster?.destroy();
}, 60_000);

beforeEach(() => (sessions = []));

afterEach(() => sessions.forEach((session) => session.release(true)));

/** A coordinator of the node: its name, its connection, the lease that it believes to have. */
async function coordinator(holder: string) {
  const session = await database.connect(holder);
  sessions.push(session);
  let number: bigint | undefined;
  return {
    hold: async (leaseMs = long) =>
      (number = await holdNode(session, { holder, number, leaseMs })) !== undefined,
    /** As one that was frozen and does not know better. */
    renew: async (lease: bigint) =>
      holdNode(session, { holder, number: lease, leaseMs: long }).then((now) => now === lease),
    get lease(): bigint {
      return number!;
    },
    die: () => session.release(true),
  };
}

test('one holds the node at a time, and its lease keeps its number', async () => {
  const [one, two] = [await coordinator('one'), await coordinator('two')];
  expect([await one.hold(), await two.hold()]).toEqual([true, false]);
  const { lease } = one;
  expect([await two.hold(), await one.hold(), one.lease]).toEqual([false, true, lease]);
  expect(await ledger.value('select count(*) from billing.node_lease')).toBe(1n);
});

test('a lease ends with its connection: nobody waits for its expiry', async () => {
  const [one, two] = [await coordinator('one'), await coordinator('two')];
  await one.hold();
  one.die();
  await eventually(
    () => two.hold(),
    (holds) => holds,
    5_000,
  );
  expect(two.lease).toBe(one.lease + 1n);
});

test('a lease that is not renewed ends by itself, though its connection is there', async () => {
  const [one, two] = [await coordinator('one'), await coordinator('two')];
  await one.hold(short);
  expect(await two.hold()).toBe(false);
  await sleep(2 * short);
  expect(await two.hold()).toBe(true);
  expect(two.lease).toBe(one.lease + 1n);
  // Whoever had it wakes up, and hears at once that it is no longer his.
  expect(await one.renew(one.lease)).toBe(false);
  // One that has another's number is not its holder.
  expect(await one.renew(two.lease)).toBe(false);
  expect(await two.hold()).toBe(true);
});

test('a lease that another one has had meanwhile is over, though the node is free again', async () => {
  const [one, two] = [await coordinator('one'), await coordinator('two')];
  await one.hold(short);
  await sleep(2 * short);
  expect(await two.hold()).toBe(true);
  two.die();
  await eventually(
    () =>
      ledger.value<bigint>(
        `select count(*) from pg_locks where locktype = 'advisory' and classid = 620145`,
      ),
    (locks) => locks === 1n,
  );
  // Its duties have the old number: they begin anew under a new one, in a session of their own.
  for (let beat = 0; beat < 3; beat += 1) expect(await one.renew(one.lease)).toBe(false);
  expect(
    await ledger.value<bigint>(
      `select count(*) from pg_locks where locktype = 'advisory' and classid = 620145`,
    ),
  ).toBe(1n);
  expect(await (await coordinator('one')).hold()).toBe(true);
});

test('a lease that is renewed late goes on, when nobody has come meanwhile', async () => {
  const one = await coordinator('one');
  await one.hold(short);
  const { lease } = one;
  await sleep(2 * short);
  expect([await one.hold(), one.lease]).toEqual([true, lease]);
});

test('of many who come at once one gets it', async () => {
  const all = await Promise.all([1, 2, 3, 4, 5, 6].map((name) => coordinator(`${name}`)));
  await all[0]!.hold(short);
  await sleep(2 * short);
  const rest = all.slice(1);
  const held = await Promise.all(rest.map((each) => each.hold()));
  expect(held.filter((holds) => holds)).toHaveLength(1);
});

test('a lease from before the clock was set back does not keep the node for so long', async () => {
  const [one, two] = [await coordinator('one'), await coordinator('two')];
  await one.hold(short);
  await ledger.rows("update billing.node_lease set expires_at = clock_timestamp() + '1 hour'");
  expect(await two.hold()).toBe(true);
});

test('taking the node waits for whoever compares the number; renewing does not', async () => {
  const [one, two] = [await coordinator('one'), await coordinator('two')];
  await one.hold(short);
  const comparing = await ledger.database.connect('comparing');
  try {
    await comparing.query('begin', 'begin');
    await comparing.query('compare', 'select billing.require_lease($1)', [one.lease]);
    expect(await one.hold(short)).toBe(true);
    await sleep(2 * short);
    let isTaken = false;
    const taking = two.hold().then((holds) => (isTaken = holds));
    await sleep(short);
    expect(isTaken).toBe(false);
    await comparing.query('commit', 'commit');
    expect(await taking).toBe(true);
  } finally {
    comparing.release(true);
  }
});

describe('an auditor whose node another coordinator has taken', () => {
  const record = (lease: bigint, isLast: boolean) =>
    recordAudit(database, {
      ...{ walk: 'parts', isFirst: !isLast, status: 'checked', checked: 1, findings: [] },
      ...{ isLast, isComplete: true, lease },
    } as const);

  test('publishes nothing more, and ends no pass of the other', async () => {
    const [one, two] = [await coordinator('one'), await coordinator('two')];
    await one.hold(short);
    await record(one.lease, false);
    await sleep(2 * short);
    await two.hold();
    await record(two.lease, false);
    const refused = await record(one.lease, true).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DatabaseError);
    expect(refused).toMatchObject({ code: 'GB029', retryable: false });
    const passes = 'select completed_at from billing.audit_runs';
    expect(await ledger.rows(passes)).toEqual([{ completed_at: null }]);
    await record(two.lease, true);
    expect(await ledger.rows(passes)).toEqual([{ completed_at: expect.any(Date) }]);
  });
});
