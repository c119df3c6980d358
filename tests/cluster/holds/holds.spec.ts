import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Hold } from '@billing/contracts';
import { eventually, untilClean } from '@billing/testing';
import { aPosition, refusalOf } from '../coordinator/coordinator-client.js';
import { DrainSite } from '../drains/drain-site.js';
import { HoldClient } from '../coordinator/hold-client.js';

// Holds over gRPC at three datacenters, each with a coordinator; the home of all keys is node 1. In the end nothing is in doubt.
let site: DrainSite;
let clients: HoldClient[];
let accounts: bigint[];

const each = 5_000n;
const home = 1;
const at = (nodeId: number): HoldClient => clients[nodeId - 1]!;

beforeAll(async () => {
  site = await DrainSite.start({
    members: ['postgres', 'coordinator'],
    appEnvironment: { coordinator: { COORDINATOR_RESERVE_TIMEOUT_MS: '2000' } },
  });
  const token = await site.cluster.signToken({ sub: 'shop' });
  clients = site.nodeIds.map(
    (nodeId) => new HoldClient(site.cluster.coordinatorConnection(nodeId), token, home),
  );
  accounts = await site.accounts(Array.from({ length: 20 }, () => ({ 1: each, 2: each, 3: each })));
}, 120_000);

afterAll(async () => {
  for (const client of clients ?? []) client.close();
  await site?.destroy();
}, 60_000);

afterEach(async () => {
  await site.links.restore();
  await untilClean(site.ledgers, 25_000);
}, 30_000);

/** By node: `50.00 = captured + unknown + held + returned`. */
const partsOf = ({ parts }: Hold): string[] =>
  parts.map(
    ({ nodeId, amount, captured, unknown, held, returned }) =>
      `${nodeId}: ${amount} = ${captured} + ${unknown} + ${held} + ${returned}`,
  );

test('is held by its home alone, captured in parts and voided, each key once', async () => {
  const account = accounts.pop()!;
  const key = randomUUID();
  const { hold, replayed, position } = await at(home).authorise(account, '40.00', { key });
  expect({ replayed, position, state: hold.state }).toEqual({
    replayed: false,
    position: aPosition,
    state: 'HOLD_STATE_OPEN',
  });
  expect(partsOf(hold)).toEqual(['1: 40.00 = 0.00 + 0.00 + 40.00 + 0.00']);
  expect(await at(home).authorise(account, '40.00', { key })).toMatchObject({
    replayed: true,
    hold,
  });
  const captureKey = randomUUID();
  const captured = await at(home).capture(hold.holdId, '15.00', { key: captureKey });
  expect(captured).toMatchObject({ captured: '15.00', unknown: '0.00', over: '0.00' });
  expect(await at(home).capture(hold.holdId, '15.00', { key: captureKey })).toMatchObject({
    captureId: captured.captureId,
    replayed: true,
  });
  expect(await refusalOf(at(home).capture(hold.holdId, '25.01'))).toMatchObject({
    code: 'FAILED_PRECONDITION',
    reason: 'HOLD_EXCEEDED',
    metadata: { left: '25.00' },
  });
  expect(await at(home).void(hold.holdId)).toMatchObject({ returned: '25.00', unknown: '0.00' });
  expect(await at(home).void(hold.holdId)).toMatchObject({ returned: '25.00', replayed: true });
  expect(await refusalOf(at(home).capture(hold.holdId, '1.00'))).toMatchObject({
    reason: 'HOLD_VOIDED',
    metadata: { captured: '15.00' },
  });
  expect(await refusalOf(at(home).extend(hold.holdId, 60_000))).toMatchObject({
    reason: 'HOLD_VOIDED',
  });
});

test('is drained for, heard at any datacenter, and answered as its home knows it', async () => {
  const account = accounts.pop()!;
  const { hold } = await at(2).authorise(account, '120.00');
  expect(partsOf(hold)).toEqual([
    '1: 50.00 = 0.00 + 0.00 + 50.00 + 0.00',
    '2: 35.00 = 0.00 + 0.00 + 35.00 + 0.00',
    '3: 35.00 = 0.00 + 0.00 + 35.00 + 0.00',
  ]);
  const captured = await at(3).capture(hold.holdId, '90.00');
  expect(captured.position).toEqual(aPosition);
  expect(captured).toMatchObject({
    captured: '90.00',
    parts: [
      { nodeId: 1, captured: '50.00' },
      { nodeId: 2, captured: '35.00' },
      { nodeId: 3, captured: '5.00' },
    ],
  });
  const extended = await at(2).extend(hold.holdId, 1_209_600_000);
  expect(extended.parts).toEqual([
    { nodeId: 3, heldUntil: expect.stringMatching(/Z$/), over: false },
  ]);
  expect(partsOf((await at(2).get(hold.holdId)).hold)).toEqual(partsOf(captured.hold));
  expect(await at(2).void(hold.holdId)).toMatchObject({
    returned: '30.00',
    hold: { state: 'HOLD_STATE_VOIDED', captured: '90.00', returned: '30.00' },
  });
  expect(await site.ownParts(account)).toEqual({ 1: 0n, 2: 1_500n, 3: 4_500n });
});

test('and what is done on it demand a key with the same home', async () => {
  const account = accounts.pop()!;
  const token = await site.cluster.signToken({ sub: 'shop' });
  const homeless = new HoldClient(site.cluster.coordinatorConnection(home), token, 0);
  const elsewhere = new HoldClient(site.cluster.coordinatorConnection(home), token, 2);
  try {
    expect(await refusalOf(homeless.authorise(account, '1.00'))).toMatchObject({
      reason: 'INVALID_REQUEST',
      metadata: { field: 'idempotency_key' },
    });
    const { hold } = await at(home).authorise(account, '1.00');
    for (const client of [homeless, elsewhere]) {
      expect(await refusalOf(client.void(hold.holdId))).toMatchObject({
        reason: 'INVALID_REQUEST',
        metadata: { field: 'home_node_id' },
      });
    }
    const unknown = hold.holdId.replace(/.{12}$/, '000000000000');
    expect(await refusalOf(at(home).void(unknown))).toMatchObject({ reason: 'HOLD_NOT_FOUND' });
    expect(await refusalOf(at(2).get(unknown))).toMatchObject({ reason: 'HOLD_NOT_FOUND' });
    expect(
      await refusalOf(at(home).capture(hold.holdId, '1.00', { currency: 'EUR' })),
    ).toMatchObject({ reason: 'CURRENCY_MISMATCH' });
  } finally {
    homeless.close();
    elsewhere.close();
  }
});

test('of more than there is is refused, and an open one makes no pay-out contended', async () => {
  const account = accounts.pop()!;
  await at(home).authorise(account, '120.00');
  expect(await refusalOf(at(home).authorise(account, '30.01'))).toMatchObject({
    reason: 'INSUFFICIENT_FUNDS',
    metadata: { available: '30.00', hold_id: expect.any(String) },
  });
});

test('whose part is cut off: captured where it can be, the rest is unknown until it answers', async () => {
  const account = accounts.pop()!;
  const { hold } = await at(home).authorise(account, '120.00');
  await site.links.link(1, 3).cut();
  const key = randomUUID();
  const cut = await at(home).capture(hold.holdId, '100.00', { key });
  expect(cut).toMatchObject({ captured: '85.00', unknown: '15.00', over: '0.00' });
  expect(partsOf((await at(2).get(hold.holdId)).hold)[2]).toBe(
    '3: 35.00 = 0.00 + 15.00 + 20.00 + 0.00',
  );
  const voided = await at(home).void(hold.holdId);
  expect(voided).toMatchObject({ returned: '0.00', unknown: '20.00' });
  await site.links.restore();
  const told = await eventually(
    () => at(home).capture(hold.holdId, '100.00', { key }),
    ({ unknown }) => unknown === '0.00',
    15_000,
  );
  expect(told).toMatchObject({ captured: '100.00', replayed: true });
  await eventually(
    async () => partsOf((await at(home).get(hold.holdId)).hold)[2],
    (part) => part === '3: 35.00 = 15.00 + 0.00 + 0.00 + 20.00',
    15_000,
  );
});

test('whose time is over gives back everywhere, though its home is cut off', async () => {
  const account = accounts.pop()!;
  await at(home).authorise(account, '120.00', { heldForMs: 2_000 });
  for (const link of site.links.linksOf(home)) await link.cut();
  await sleep(2_000);
  await eventually(
    () => site.ownParts(account),
    (parts) => parts[2] === each && parts[3] === each,
    5_000,
  );
});

test('is ended whatever is killed: captures and voids under kills tell what became of them', async () => {
  const one = accounts.pop()!;
  const other = accounts.pop()!;
  const [first, second] = await Promise.all([
    at(home).authorise(one, '120.00'),
    at(home).authorise(other, '120.00'),
  ]);
  const keys = [randomUUID(), randomUUID()] as const;
  const calls = [
    at(home).capture(first.hold.holdId, '110.00', { key: keys[0] }),
    at(home).void(second.hold.holdId, { key: keys[1] }),
  ].map((call) => call.catch(() => undefined));
  await site.cluster.killMember('coordinator', home);
  await site.cluster.killMember('postgres', 3);
  await Promise.all(calls);
  await site.cluster.startMember('postgres', 3);
  await site.cluster.startMember('coordinator', home);
  const captured = await eventually(
    () =>
      at(home)
        .capture(first.hold.holdId, '110.00', { key: keys[0] })
        .catch(() => undefined),
    (answer) => answer?.unknown === '0.00',
    25_000,
  );
  expect(captured).toMatchObject({ captured: '110.00', over: '0.00' });
  const voided = await eventually(
    () =>
      at(home)
        .void(second.hold.holdId, { key: keys[1] })
        .catch(() => undefined),
    (answer) => answer?.unknown === '0.00',
    25_000,
  );
  expect(voided).toMatchObject({ returned: '120.00' });
  expect(await site.ownParts(other)).toEqual({ 1: each, 2: each, 3: each });
}, 90_000);
