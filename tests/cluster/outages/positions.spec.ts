import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import {
  eventually,
  Ledger,
  startProxiedCluster,
  untilClean,
  type NodeLinks,
} from '@billing/testing';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { requestOf } from '../pay-outs/pay-out.request.js';

// docs/positions.md, on three datacenters with a proxy on every link.
const waitMs = 700;
const patienceMs = 30_000;
const clients: CoordinatorClient[] = [];
let cluster: Cluster;
let links: NodeLinks;
let ledgers: Ledger[];

beforeAll(async () => {
  ({ cluster, links } = await startProxiedCluster({
    postgres: { fsync: false },
    appEnvironment: {
      gateway: { HTTP_AFTER_WAIT_MS: String(waitMs) },
      coordinator: { COORDINATOR_PEER_TIMEOUT_MS: '1500' },
    },
  }));
  ledgers = cluster.nodeIds.map((nodeId) => new Ledger(cluster, nodeId));
}, 180_000);

afterEach(() => links.restore());

afterAll(async () => {
  for (const client of clients) client.close();
  await Promise.all((ledgers ?? []).map((ledger) => ledger.close()));
  await cluster?.destroy();
  await links?.close();
}, 60_000);

interface Heard {
  readonly status: number;
  readonly body: Record<string, unknown>;
  readonly position: string;
  readonly staleMs: number | undefined;
  readonly replayed: boolean;
}

async function call(
  nodeId: number,
  path: string,
  { body, after, key }: { body?: object; after?: string; key?: string } = {},
): Promise<Heard> {
  const response = await fetch(`${cluster.gatewayUrl(nodeId)}/v1/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      authorization: `Bearer ${await cluster.signToken({ sub: 'shop' })}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(after !== undefined && { 'billing-after': after }),
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const { headers } = response;
  const stale = headers.get('billing-stale');
  return {
    status: response.status,
    body: (await response.json()) as Record<string, unknown>,
    position: headers.get('billing-position') ?? '',
    staleMs: stale === null ? undefined : Number(stale),
    replayed: headers.get('idempotency-replayed') === 'true',
  };
}

const ledger = (nodeId: number): Ledger => ledgers[nodeId - 1]!;
const balance = (nodeId: number, account: string, after?: string): Promise<Heard> =>
  call(nodeId, `accounts/${account}/balance`, after === undefined ? {} : { after });

/** One that every node knows, with these parts in whole dollars. */
async function open(...parts: number[]): Promise<string> {
  const { body, position } = await call(1, 'accounts', { body: { username: 'positions' } });
  const account = body['accountId'] as string;
  for (const nodeId of cluster.nodeIds) {
    const seen = await balance(nodeId, account, position);
    expect(seen).toMatchObject({ status: 200, staleMs: undefined });
  }
  for (const [index, amount] of parts.entries()) {
    if (amount === 0) continue;
    await ledger(index + 1).value('/* deposit */ select public.deposit_balance($1, $2, $3)', [
      account,
      amount,
      index + 1,
    ]);
  }
  const total = parts.reduce((sum, part) => sum + part, 0);
  for (const nodeId of cluster.nodeIds) {
    await eventually(
      () => balance(nodeId, account),
      ({ body: { total: seen } }) => seen === total.toFixed(2),
    );
  }
  return account;
}

const pay = (nodeId: number, account: string, amount: string, key: string = randomUUID()) =>
  call(nodeId, 'pay-outs', { body: { accountId: account, amount, currency: 'USD' }, key });

/** Rows of `from` no longer come to `at`. */
const cut = (at: number, from: number): Promise<void> => links.link(at, from).cut();

test('what was paid at one datacenter is read at another, while nothing of it is cut off', async () => {
  const account = await open(100, 0, 0);
  for (let left = 99; left >= 90; left -= 1) {
    const paid = await pay(1, account, '1.00');
    expect(paid.position).toMatch(/^1\.1:\d+$/);
    const seen = await balance(3, account, paid.position);
    expect(seen).toMatchObject({ staleMs: undefined, body: { total: `${left}.00` } });
    const { body } = await call(2, `accounts/${account}/transactions`, { after: paid.position });
    expect(body['transactions']).toHaveLength(101 - left);
  }
});

test('an account is read elsewhere as soon as its position has arrived', async () => {
  for (let i = 0; i < 5; i += 1) {
    const opened = await call(2, 'accounts', {
      body: { username: 'positions', initialBalance: '9.00' },
    });
    const id = opened.body['accountId'] as string;
    const seen = await balance(3, id, opened.position);
    expect(seen).toMatchObject({ status: 200, staleMs: undefined });
  }
});

test('a deletion is read elsewhere, wherever it was asked for', async () => {
  for (const nodeId of [1, 3]) {
    const account = await open();
    const response = await fetch(`${cluster.gatewayUrl(nodeId)}/v1/accounts/${account}`, {
      method: 'DELETE',
      headers: { authorization: `Bearer ${await cluster.signToken({ sub: 'shop' })}` },
    });
    expect(response.status).toBe(204);
    const position = response.headers.get('billing-position')!;
    expect(position).toMatch(/^1\.1:\d+$/);
    const seen = await balance(2, account, position);
    expect(seen).toMatchObject({ staleMs: undefined, body: { deleted: true } });
  }
});

test('a reader that is cut off says for how long it waited, and sees it once it is healed', async () => {
  const account = await open(100, 0, 0);
  await cut(3, 1);
  const key = randomUUID();
  const paid = await pay(1, account, '40.00', key);
  const stale = await balance(3, account, paid.position);
  expect(stale).toMatchObject({ status: 200, body: { total: '100.00' } });
  expect(stale.staleMs).toBeGreaterThanOrEqual(waitMs - 1);
  expect(stale.staleMs).toBeLessThan(waitMs + 2_000);
  // Who is not cut off has it, and so has the node itself.
  for (const nodeId of [1, 2]) {
    const seen = await balance(nodeId, account, paid.position);
    expect(seen).toMatchObject({ staleMs: undefined, body: { total: '60.00' } });
  }
  const again = await pay(1, account, '40.00', key);
  expect(again).toMatchObject({ status: 201, replayed: true });
  await links.restore();
  for (const position of [paid.position, again.position]) {
    const seen = await eventually(
      () => balance(3, account, position),
      ({ staleMs }) => staleMs === undefined,
      patienceMs,
    );
    expect(seen.body['total']).toBe('60.00');
  }
});

test('a drain has arrived where its donors’ batches have, too', async () => {
  const account = await open(50, 0, 50);
  // Node 2 hears of the decision of node 1, and not of what node 3 gave.
  await cut(2, 3);
  const paid = await pay(1, account, '80.00');
  expect(paid.body['parts']).toMatchObject([{ node: 1 }, { node: 3 }]);
  const [own, donor] = paid.position.split(',');
  expect([own, donor]).toEqual([expect.stringMatching(/^1\.1:/), expect.stringMatching(/^3\.1:/)]);
  expect((await balance(2, account, own)).staleMs).toBeUndefined();
  const stale = await balance(2, account, paid.position);
  expect(stale.staleMs).toBeGreaterThanOrEqual(waitMs - 1);
  expect(stale.body['total']).toBe('50.00');
  await links.restore();
  const seen = await eventually(
    () => balance(2, account, paid.position),
    ({ staleMs }) => staleMs === undefined,
    patienceMs,
  );
  expect(seen.body['total']).toBe('20.00');
});

test('a pay-out over gRPC, unary and streamed, and of a key with another home, has a position', async () => {
  const account = await open(100, 100, 0);
  const token = await cluster.signToken({ sub: 'shop' });
  const client = new CoordinatorClient(cluster.coordinatorConnection(1), token);
  clients.push(client);
  const stream = client.payOuts();
  stream.write(7, requestOf(account, '1.00'));
  const [streamed] = await stream.answered(1);
  stream.halfClose();
  const unary = await client.payOut(requestOf(account, '1.00'));
  const homed = await client.payOut(
    requestOf(account, '1.00', { idempotencyKey: `${randomUUID()}@dc2` }),
  );
  const drained = await client.payOut(
    requestOf(account, '150.00', { idempotencyKey: `${randomUUID()}@dc2` }),
  );
  const positions = [streamed!.response!, unary, homed, drained].map(({ position }) => position);
  expect(positions).toEqual([
    expect.stringMatching(/^1\.1:\d+$/),
    expect.stringMatching(/^1\.1:\d+$/),
    expect.stringMatching(/^2\.1:\d+$/),
    expect.stringMatching(/^2\.1:\d+,1\.1:\d+$/),
  ]);
  const seen = await balance(3, account, positions.join(','));
  expect(seen).toMatchObject({ staleMs: undefined, body: { total: '47.00' } });
});

test('a pay-in is read where it was taken once it is stored, elsewhere once that has arrived', async () => {
  const account = await open(10, 0, 0);
  await cut(3, 2);
  const body = { accountId: account, amount: '5.00', currency: 'USD' };
  const accepted = await call(2, 'pay-ins', { body });
  expect(accepted.status).toBe(202);
  expect(accepted.position).toMatch(/^2:billing\.payin\/\d+\/\d+$/);
  for (const nodeId of [2, 1]) {
    const seen = await eventually(
      () => balance(nodeId, account, accepted.position),
      ({ staleMs }) => staleMs === undefined,
      patienceMs,
    );
    expect(seen.body['total']).toBe('15.00');
  }
  const stale = await balance(3, account, accepted.position);
  expect(stale.staleMs).toBeGreaterThanOrEqual(waitMs - 1);
  expect(stale.body['total']).toBe('10.00');
  await links.restore();
  await eventually(
    () => balance(3, account, accepted.position),
    ({ staleMs, body: { total } }) => staleMs === undefined && total === '15.00',
    patienceMs,
  );
});

test('one that is parked counts as stored, also elsewhere', async () => {
  const body = { accountId: '987654321', amount: '5.00', currency: 'USD' };
  const accepted = await call(2, 'pay-ins', { body });
  const seen = await eventually(
    () => call(1, 'accounts?username=nobody', { after: accepted.position }),
    ({ staleMs }) => staleMs === undefined,
    patienceMs,
  );
  expect(seen.status).toBe(200);
});

test('what an earlier incarnation of a node gave is not waited for, what the new one gives arrives', async () => {
  const account = await open(0, 0, 100);
  const before = await pay(3, account, '1.00');
  expect((await balance(1, account, before.position)).staleMs).toBeUndefined();
  const incarnation = await ledger(3).value<number>(
    '/* restored */ select billing.begin_incarnation()',
  );
  const after = await pay(3, account, '1.00');
  expect(after.position).toMatch(new RegExp(`^3\\.${incarnation}:\\d+$`));
  for (const nodeId of cluster.nodeIds) {
    const seen = await balance(nodeId, account, after.position);
    expect(seen).toMatchObject({ staleMs: undefined, body: { total: '98.00' } });
    const stale = await balance(nodeId, account, before.position);
    expect(stale.staleMs).toBeLessThan(waitMs);
  }
});

test.each([
  ['cannot be read', '4711', 'must be'],
  ['names a node that there is not', '9.1:1', 'node 9'],
])('a position that %s is refused by the name of the header', async (_, after, message) => {
  const refused = await call(1, 'services', { after });
  expect(refused.status).toBe(400);
  expect(refused.body['errors']).toEqual([
    { field: 'Billing-After', message: expect.stringContaining(message) },
  ]);
});

test('numbers of batches that never come hold up no list for long, and all is clean', async () => {
  // Rolled back: a gap among those of node 1.
  const [gap] = await ledger(1).rows<{ id: bigint }>(
    "/* gap */ select max(nextval('billing.batch_id_seq')) as id from generate_series(1, 3)",
  );
  const account = await open(10, 0, 0);
  // The list is made shorter when a batch comes, by what the last heartbeat said.
  await eventually(
    async () => {
      await pay(1, account, '0.01');
      return ledger(2).value<boolean>(
        `/* ended */ select h.ended_batch_id >= $1 and not p.batch_ids && int8multirange(int8range(null, $1, '[]'))
           from billing.arrived_positions p join billing.node_heartbeats h using (node_id) where node_id = 1`,
        [gap!.id],
      );
    },
    (isShort) => isShort,
    patienceMs,
  );
  await untilClean(ledgers, patienceMs);
}, 70_000);
