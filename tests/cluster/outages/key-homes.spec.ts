import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createIdempotencyKey, type PaidOut } from '@billing/contracts';
import { eventually, untilClean } from '@billing/testing';
import { CoordinatorClient, refusalOf } from '../coordinator/coordinator-client.js';
import { DrainSite } from '../drains/drain-site.js';
import { gave, repeatOf, requestOf } from '../pay-outs/pay-out.request.js';

// docs/key-homes.md: node 1 is the home of the keys, node 2 hears what was sent first to either.
const home = 1;
const there = 2;
const peerTimeoutMs = 2_500;
const deadlineMs = 3_000;

let site: DrainSite;
let clients: CoordinatorClient[];

const client = (nodeId: number): CoordinatorClient => clients[nodeId - 1]!;

beforeAll(async () => {
  site = await DrainSite.start({
    members: ['postgres', 'coordinator'],
    appEnvironment: { coordinator: { COORDINATOR_PEER_TIMEOUT_MS: String(peerTimeoutMs) } },
  });
  const token = await site.cluster.signToken({ sub: 'shop' });
  clients = site.nodeIds.map(
    (nodeId) => new CoordinatorClient(site.cluster.coordinatorConnection(nodeId), token),
  );
}, 120_000);

// A breaker that a failure has opened would answer for the next one.
afterEach(async () => {
  await site.links.restore();
  await untilClean(site.ledgers, 20_000);
  await eventually(
    () => site.ledger(there).value<bigint>('select count(*) from billing.node_breakers'),
    (open) => open === 0n,
    20_000,
  );
}, 60_000);

afterAll(async () => {
  for (const one of clients ?? []) one.close();
  await site?.destroy();
}, 60_000);

type Request = ReturnType<typeof requestOf>;
const newRequest = (accountId: bigint, amount: string): Request =>
  requestOf(accountId.toString(), amount, {
    idempotencyKey: createIdempotencyKey(home),
    deadlineMs,
  });

const sumOf = async (accountId: bigint): Promise<bigint> =>
  Object.values(await site.ownParts(accountId)).reduce((sum, part) => sum + part, 0n);

/** One or the other, in words. */
async function heard(call: Promise<PaidOut>): Promise<string> {
  try {
    const { replayed } = await call;
    return replayed ? 'repeated' : 'paid';
  } catch {
    const { reason, code } = await refusalOf(call);
    return reason ?? code;
  }
}

describe('a key with a home, heard elsewhere', () => {
  test('is decided at its home, from its part, as if it had been asked there', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n });
    const request = { ...newRequest(accountId, '9.50'), metadataJson: '{"n":9007199254740993}' };
    const answer = await client(there).payOut({ ...request, reference: 'order 7' });
    expect(answer).toMatchObject({
      replayed: false,
      payOut: { amount: '9.50', reference: 'order 7' },
    });
    expect(answer.payOut.payOutId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8001-/);
    expect(gave(answer)).toEqual({ 1: '9.50' });
    for (const nodeId of site.nodeIds) {
      const again = await client(nodeId).payOut({ ...request, reference: 'order 7' });
      expect(again).toEqual(repeatOf(answer));
    }
    expect(await site.ownParts(accountId)).toEqual({ 1: 50n, 2: 1_000n, 3: 0n });
  });

  test('is drained for from its home, where the node that heard it is a donor like any other', async () => {
    const accountId = await site.account({ 1: 100n, 2: 1_000n, 3: 100n });
    const request = newRequest(accountId, '10');
    const answer = await client(there).payOut(request);
    expect(gave(answer)).toMatchObject({ 1: '1.00' });
    expect(answer.payOut.payOutId).toMatch(/-8001-/);
    expect(await client(there).payOut(request)).toEqual(repeatOf(answer));
    expect(await client(home).payOut(request)).toEqual(repeatOf(answer));
    await untilClean(site.ledgers);
    expect(await sumOf(accountId)).toBe(200n);
  });

  test('is one of many at once: each is paid once, wherever it is heard', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n, 3: 1_000n });
    const requests = Array.from({ length: 30 }, () => newRequest(accountId, '0.90'));
    const calls = requests.flatMap((request) =>
      site.nodeIds.map((nodeId) => heard(client(nodeId).payOut({ ...request, deadlineMs: 9_000 }))),
    );
    expect((await Promise.all(calls)).filter((word) => word === 'paid').length).toBeGreaterThan(20);
    // On a busy machine some are told to ask again.
    for (const request of requests) {
      const isTold = (word: string): boolean => word === 'paid' || word === 'repeated';
      await eventually(() => heard(client(there).payOut(request)), isTold, 20_000);
    }
    await untilClean(site.ledgers);
    expect(await sumOf(accountId)).toBe(300n);
  }, 60_000);

  test('with other content is a conflict there as here', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n });
    const request = newRequest(accountId, '1');
    await client(home).payOut(request);
    expect(await heard(client(there).payOut({ ...request, amount: '2' }))).toBe(
      'IDEMPOTENCY_CONFLICT',
    );
    expect(await sumOf(accountId)).toBe(1_900n);
  });

  test('that names another than stands beside it is a conflict; no such home is said so', async () => {
    const accountId = await site.account({ 1: 1_000n });
    const request = newRequest(accountId, '1');
    const other = client(there).payOut({ ...request, homeNodeId: there });
    expect(await heard(other)).toBe('IDEMPOTENCY_CONFLICT');
    const nowhere = { ...request, idempotencyKey: randomUUID(), homeNodeId: 9 };
    expect(await refusalOf(client(there).payOut(nowhere))).toMatchObject({
      reason: 'INVALID_REQUEST',
      metadata: { field: 'home_node_id' },
    });
    const named = { ...request, idempotencyKey: randomUUID(), homeNodeId: home };
    const first = await client(there).payOut(named);
    expect(first.payOut.payOutId).toMatch(/-8001-/);
    expect(await client(home).payOut(named)).toEqual(repeatOf(first));
  });

  test('is refused in the words of its home', async () => {
    const accountId = await site.account({ 1: 100n, 2: 100n, 3: 100n });
    const refusal = (change: Partial<Request>): Promise<string> =>
      heard(client(there).payOut({ ...newRequest(accountId, '1'), ...change }));
    expect(await refusal({ amount: '3.01' })).toBe('INSUFFICIENT_FUNDS');
    expect(await refusal({ amount: '1.50', drain: 'DRAIN_LOCAL_ONLY' })).toBe(
      'INSUFFICIENT_LOCAL_FUNDS',
    );
    expect(await refusal({ currency: 'EUR' })).toBe('CURRENCY_MISMATCH');
    expect(await refusal({ accountId: '999999' })).toBe('ACCOUNT_NOT_FOUND');
    await untilClean(site.ledgers);
    expect(await sumOf(accountId)).toBe(300n);
  });
});

interface Failure {
  readonly how: string;
  readonly strike: () => Promise<unknown>;
  /** What a key that nobody has seen hears at node 2 then. */
  readonly first: string;
}
const way = (from: number, to: number) => site.links.link(from, to);
const failures: readonly Failure[] = [
  { how: 'refuses', strike: () => way(there, home).cut(), first: 'HOME_UNREACHABLE' },
  {
    how: 'is frozen',
    strike: async () => way(there, home).freeze(),
    first: 'OUTCOME_UNKNOWN',
  },
  {
    how: 'hears and is not heard',
    strike: async () => way(there, home).freeze('toClient'),
    first: 'OUTCOME_UNKNOWN',
  },
];

describe.each(failures)('a home that $how', ({ strike, first }) => {
  /** Connections that are kept, as in a system that is in use. */
  const warm = async (accountId: bigint): Promise<unknown> =>
    Promise.all([1, 2].map(() => client(there).payOut(newRequest(accountId, '0.01'))));

  test('before anything was sent, or after: nothing moves here, and once it is back money moves once', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 5_000n, 3: 1_000n });
    await warm(accountId);
    const paidBefore = newRequest(accountId, '1');
    await client(home).payOut(paidBefore);
    await eventually(
      () =>
        site
          .ledger(there)
          .value<bigint>(
            'select count(*) from billing.arrived_keys where key_hash = billing.key_hash($1, $2, $3)',
            ['default', 'shop', paidBefore.idempotencyKey],
          ),
      (count) => count === 1n,
    );
    const requests = ['1', '30'].map((amount) => newRequest(accountId, amount));
    const before = await site.ownParts(accountId);
    await strike();
    const said = await Promise.all(requests.map((request) => heard(client(there).payOut(request))));
    // One that found the breaker open was never sent.
    for (const word of said) expect([first, 'HOME_UNREACHABLE']).toContain(word);
    expect(said).toContain(first);
    // As the home has told.
    expect(await heard(client(there).payOut(paidBefore))).toBe('repeated');
    expect((await site.ownParts(accountId))[there]).toBe(before[there]);
    // The home and the rest go on meanwhile, with it or without.
    expect(await heard(client(there).payOut(requestOf(accountId.toString(), '1')))).toBe('paid');
    expect(await heard(client(home).payOut(newRequest(accountId, '1')))).toBe('paid');

    await site.links.restore();
    for (const request of [...requests, paidBefore]) {
      const final = await eventually(
        () => heard(client(there).payOut(request)),
        (word) => word === 'paid' || word === 'repeated',
        20_000,
      );
      const isRepeat = request === paidBefore;
      if (isRepeat) expect(final).toBe('repeated');
    }
    await untilClean(site.ledgers, 20_000);
    expect(await sumOf(accountId)).toBe(7_000n - 2n - 100n - 100n - 3_000n - 100n - 100n);
  }, 60_000);

  test('that was surely never asked lets a client go on under a new key', async () => {
    const accountId = await site.account({ 1: 1_000n, 2: 1_000n });
    await strike();
    const request = newRequest(accountId, '1');
    const said = await eventually(
      () => heard(client(there).payOut({ ...request, idempotencyKey: createIdempotencyKey(home) })),
      (word) => word === 'HOME_UNREACHABLE',
    );
    expect(said).toBe('HOME_UNREACHABLE');
    const refusal = await refusalOf(client(there).payOut(request));
    expect(refusal).toMatchObject({
      code: 'UNAVAILABLE',
      reason: 'HOME_UNREACHABLE',
      metadata: { node_id: '1', home: 'dc1', retryable: 'true' },
    });
    const again = { ...request, idempotencyKey: createIdempotencyKey(there) };
    const answer = await client(there).payOut(again);
    expect(gave(answer)).toEqual({ 2: '1.00' });
  }, 60_000);
});

test('an answer of the home that is lost is told once it is asked for again, and no second time paid', async () => {
  const accountId = await site.account({ 1: 1_000n, 2: 1_000n });
  await client(there).payOut(newRequest(accountId, '0.01'));
  const request = newRequest(accountId, '1');
  const trap = way(there, home).setTrap({
    matching: 'execute_pay_outs',
    failure: 'freeze',
    at: 'answer',
  });
  expect(await heard(client(there).payOut(request))).toBe('OUTCOME_UNKNOWN');
  await trap.sprung;
  expect(await client(home).payOut(request)).toMatchObject({ replayed: true });
  await site.links.restore();
  expect(
    await eventually(
      () => heard(client(there).payOut(request)),
      (word) => word === 'repeated',
    ),
  ).toBe('repeated');
  expect(await sumOf(accountId)).toBe(2_000n - 1n - 100n);
});

test('a drain whose caller has gone is ended by its home: decided, or aborted after its deadline', async () => {
  const accountId = await site.account({ 1: 100n, 2: 1_000n, 3: 1_000n });
  await client(there).payOut(newRequest(accountId, '0.01'));
  const request = newRequest(accountId, '15');
  const trap = way(there, home).setTrap({
    matching: 'execute_drain',
    failure: 'freeze',
    at: 'answer',
  });
  expect(await heard(client(there).payOut(request))).toBe('OUTCOME_UNKNOWN');
  await trap.sprung;
  const said = await eventually(
    () => heard(client(home).payOut(request)),
    (word) => word !== 'IN_PROGRESS',
  );
  expect(['paid', 'repeated']).toContain(said);
  await site.links.restore();
  await untilClean(site.ledgers, 20_000);
  expect(await sumOf(accountId)).toBe(2_100n - 1n - 1_500n);
}, 60_000);

test('a statement that is sent again and then raises may have happened the first time', async () => {
  await site.ledger(home).rows('create sequence public.sent');
  await site.ledger(home).rows('/* grant */ grant usage on sequence public.sent to billing_peer');
  await site.ledger(home).rows('/* grant */ grant usage on schema public to billing_peer');
  const once = `select case when nextval('public.sent') = 1 then 'done' else (1 / (last_value - last_value))::text end from public.sent`;
  await site.ledger(home).rows('/* read */ grant select on sequence public.sent to billing_peer');
  const one = await site.ledger(there).database.connect('spec');
  try {
    const over = (query: string) =>
      one.query<{ status: string }>(
        'spec',
        'select status from billing.ask_nodes(array[1], array[$1], 2000)',
        [query],
      );
    // The connection is kept from here on, so that it is replaced once when it breaks.
    expect(await over("select 'warm'")).toEqual([{ status: 'answered' }]);
    const trap = way(there, home).setTrap({
      matching: 'public.sent',
      failure: 'reset',
      at: 'answer',
    });
    expect(await over(once)).toEqual([{ status: 'unknown' }]);
    await trap.sprung;
    expect(await over(once)).toEqual([{ status: 'failed' }]);
  } finally {
    one.release(true);
  }
});

test('another node cannot begin a drain and leave it', async () => {
  const accountId = await site.account({ 1: 100n, 2: 1_000n });
  const request = {
    tenant: 'default',
    client_id: 'shop',
    key: randomUUID(),
    fingerprint: '00',
    earlier_fingerprints: [],
    account_id: accountId.toString(),
    amount_minor: '200',
    currency: 'USD',
    deadline_ms: '999999999',
  };
  const [row] = await site
    .ledger(there)
    .rows<{ answer: { status: string }[] }>(
      `select answer::jsonb as answer from billing.ask_nodes(array[1], array[format('select billing.execute_pay_outs(%L, true)::text', $1::text)], 2000)`,
      [JSON.stringify([request])],
    );
  expect(row!.answer).toMatchObject([{ status: 'short' }]);
});

test('a home that is killed and comes back has each key once', async () => {
  const accountId = await site.account({ 1: 3_000n, 2: 1_000n });
  const requests = Array.from({ length: 40 }, () => newRequest(accountId, '0.50'));
  const calls = requests.map(async (request, index) => {
    await sleep(index * 15);
    return heard(client(there).payOut(request));
  });
  await sleep(250);
  await site.cluster.killMember('postgres', home);
  const said = await Promise.all(calls);
  await site.cluster.startMember('postgres', home);
  for (const word of said) {
    expect(['paid', 'OUTCOME_UNKNOWN', 'HOME_UNREACHABLE']).toContain(word);
  }
  for (const request of requests) {
    await eventually(
      () => heard(client(there).payOut(request)),
      (word) => word === 'paid' || word === 'repeated',
      20_000,
    );
  }
  await untilClean(site.ledgers, 20_000);
  expect(await sumOf(accountId)).toBe(4_000n - 2_000n);
  expect(new Set(said).size).toBeGreaterThan(1);
}, 60_000);

test('a home that is frozen keeps nobody waiting who does not need it', async () => {
  const accounts = await site.accounts(
    Array.from({ length: 30 }, () => ({ 1: 1_000n, 2: 1_000n, 3: 1_000n })),
  );
  await client(there).payOut(newRequest(accounts[0]!, '0.01'));
  way(there, home).freeze();
  const lost = Array.from({ length: 600 }, (_, index) =>
    heard(client(there).payOut(newRequest(accounts[index % 30]!, '0.01'))),
  );
  await sleep(50);
  const others = [there, 3, there, 3].map((homeNodeId) => {
    // Sooner than the silent home is given up.
    const soon = { homeNodeId, deadlineMs: peerTimeoutMs - 300 };
    return heard(client(there).payOut(requestOf(accounts[0]!.toString(), '0.01', soon)));
  });
  expect(await Promise.all(others)).toEqual(others.map(() => 'paid'));
  const said = new Set(await Promise.all(lost));
  // Calls of one home wait for each other, and the later ones find the breaker open: they were never sent.
  said.delete('HOME_UNREACHABLE');
  expect([...said].sort()).toEqual(['OUTCOME_UNKNOWN', 'OVERLOADED']);
}, 60_000);

test('a coordinator stops in time while a home is silent', async () => {
  const accountId = await site.account({ 1: 1_000n, 2: 1_000n });
  await client(there).payOut(newRequest(accountId, '0.01'));
  way(there, home).freeze();
  const call = heard(client(there).payOut(newRequest(accountId, '0.01')));
  await sleep(100);
  const startMs = performance.now();
  await site.cluster.stopMember('coordinator', there);
  expect(performance.now() - startMs).toBeLessThan(7_000);
  expect(await call).toMatch(/UNKNOWN|UNAVAILABLE|CANCELLED/);
  await site.links.restore();
  await site.cluster.startMember('coordinator', there);
}, 60_000);
