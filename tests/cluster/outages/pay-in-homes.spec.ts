import { randomUUID } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { eventually, startCluster, untilClean } from '@billing/testing';
import { command, type Command } from '../pay-ins/upstream.js';
import { PayInSite } from './pay-in-site.js';

interface Producer {
  send(payIns: readonly object[], options?: { deadlineMs: number }): Promise<void>;
  close(): Promise<void>;
}

/** The example that services copy; plain JavaScript. */
const { PayInProducer, sendToAny } = (await import(
  new URL('../../../examples/upstream-producer/pay-in-producer.mjs', import.meta.url).href
)) as {
  PayInProducer: new (options: { brokers: string[]; clientId: string }) => Producer;
  sendToAny: (
    producers: readonly Producer[],
    home: string,
    payIns: readonly object[],
    options?: { deadlineMs: number },
  ) => Promise<void>;
};

// docs/key-homes.md: node 1 is the home that pay-ins name, and messages are taken by others, too.
const home = 1;
const there = 2;
const limitMs = 3_000;
let cluster: Cluster;
let site: PayInSite;

beforeAll(async () => {
  cluster = await startCluster({
    postgres: { fsync: false },
    appEnvironment: {
      coordinator: {
        COORDINATOR_PARKED_LIMIT_MS: String(limitMs),
        COORDINATOR_PEER_TIMEOUT_MS: '1500',
      },
      // What has a home is not this limit's.
      'ledger-worker': { WORKER_PARKED_LIMIT_MS: '1000', WORKER_ALLOW_NAMELESS: 'true' },
    },
  });
  site = await PayInSite.of(cluster);
}, 180_000);

afterAll(async () => {
  await site?.close();
  await cluster?.destroy();
}, 60_000);

const openEverywhere = async (): Promise<bigint> => (await site.openEverywhere())[0]!;

const waiting = (nodeId: number): Promise<bigint> =>
  site.ledger(nodeId).value<bigint>('select count(*) from billing.parked_pay_ins');

test('one command that three datacenters take is credited once, at its home, and each tells so', async () => {
  const accountId = await openEverywhere();
  const own = command(accountId, '3.00');
  const homed = { ...command(accountId, '7.00', { metadata: { order: 7 } }), home: 'dc1' };
  for (const nodeId of cluster.nodeIds) await site.send(nodeId, homed);
  await site.send(there, own);
  await site.untilStatus(there, own, 'applied');
  for (const nodeId of cluster.nodeIds) {
    const status = await site.untilStatus(nodeId, homed, 'applied');
    expect(status).toMatchObject({ node: home });
    await eventually(
      () => waiting(nodeId),
      (count) => count === 0n,
    );
  }
  expect(await site.partsOf(accountId)).toEqual([700n, 300n, 0n]);
  const forwarded = 'select count(*) from billing.forwarded_pay_ins where command_id = $1';
  expect(await site.ledger(home).value<bigint>(forwarded, [homed.commandId])).toBe(0n);
  expect(await site.ledger(there).value<bigint>(forwarded, [homed.commandId])).toBe(1n);
  const metadata = 'select metadata from billing.operation_metadata where operation_id = $1';
  expect(await site.ledger(home).value(metadata, [homed.commandId])).toEqual({ order: 7 });
  await untilClean(site.ledgers, 20_000);
}, 60_000);

test('a gateway takes the home along, and refuses one that can be none', async () => {
  const accountId = await openEverywhere();
  const ask = async (body: object): Promise<Response> =>
    fetch(`${cluster.gatewayUrl(there)}/v1/pay-ins`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await cluster.signToken()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...command(accountId, '2.00'), ...body }),
    });
  const taken = await ask({ home: 'dc1' });
  const { commandId } = (await taken.json()) as { commandId: string };
  expect(taken.status).toBe(202);
  expect(await site.untilStatus(there, { commandId }, 'applied')).toMatchObject({ node: home });
  for (const wrong of ['dc0', 'dc64', 'DC1', 1, '']) {
    const refused = await ask({ home: wrong });
    expect(await refused.json()).toMatchObject({
      status: 400,
      errors: [{ field: 'home', message: 'must be a datacenter, dc1 to dc63' }],
    });
  }
});

test('while the home is away it waits, however long, and nobody else does', async () => {
  const accountId = await openEverywhere();
  const homed = { ...command(accountId, '5.00'), home: 'dc1' };
  await cluster.killMember('postgres', home);
  const own = command(accountId, '1.00');
  await site.send(there, homed, own);
  await site.untilStatus(there, own, 'applied');
  expect(await site.untilStatus(there, homed, 'parked')).toMatchObject({
    detail: 'waits for its home dc1',
  });
  const parkedFor =
    'select extract(epoch from clock_timestamp() - min(parked_at)) * 1000 from billing.parked_pay_ins';
  await eventually(
    () => site.ledger(there).value<string>(parkedFor),
    (ms) => Number(ms) > limitMs + 1_000,
    20_000,
  );
  expect((await site.statusAt(there, homed)).status).toBe('parked');
  const claims = { sub: 'op', scope: 'operator:read' };
  const listed = await site.ask(there, '/v1/parked-pay-ins', { claims });
  expect(await listed.json()).toMatchObject({
    items: [{ commandId: homed.commandId, reason: 'home', home: 'dc1' }],
  });
  await cluster.startMember('postgres', home);
  expect(await site.untilStatus(there, homed, 'applied')).toMatchObject({ node: home });
  expect(await site.partsOf(accountId)).toEqual([500n, 100n, 0n]);
}, 90_000);

test('a producer whose broker is away turns to the next datacenter, and back: credited once', async () => {
  const accountId = await openEverywhere();
  const payIns = Array.from({ length: 5 }, () => command(accountId, '2.00'));
  const producerOf = (brokers: string[]) => new PayInProducer({ brokers, clientId: 'shop' });
  const away = producerOf(['127.0.0.1:1']);
  const [first, second] = [1, there].map((nodeId) => producerOf([cluster.kafkaBroker(nodeId)]));
  try {
    await sendToAny([away, second!], 'dc1', payIns, { deadlineMs: 2_000 });
    await sendToAny([first!], 'dc1', payIns);
    await eventually(
      () => site.partsOf(accountId),
      ([atHome]) => atHome === 1000n,
      20_000,
    );
    await eventually(
      () => waiting(there),
      (count) => count === 0n,
    );
    expect(await site.partsOf(accountId)).toEqual([1000n, 0n, 0n]);
    await expect(sendToAny([away], 'dc1', payIns, { deadlineMs: 300 })).rejects.toThrow(
      'no datacenter has answered',
    );
  } finally {
    await Promise.all([away, first, second].map((producer) => producer!.close()));
  }
}, 60_000);

test('what its home refuses is a dead letter where it was taken', async () => {
  const accountId = await openEverywhere();
  const first = { ...command(accountId, '4.00'), home: 'dc1' };
  await site.send(home, first);
  await site.untilStatus(there, first, 'applied');
  const other = { ...first, amount: '4.01' };
  const unknown = { ...command('9007199254740929', '1.00'), home: 'dc1' };
  const euros = { ...command(accountId, '1.00', { currency: 'EUR' }), home: 'dc1' };
  const nowhere = { ...command(accountId, '1.00'), home: 'dc9' };
  await site.send(there, other, unknown, euros, nowhere);
  const letterOf = (commandId: string) =>
    eventually(
      () =>
        site
          .ledger(there)
          .rows<{ reason: string; detail: string }>(
            '/* letter */ select reason::text, detail from billing.dead_letters where command_id = $1',
            [commandId],
          ),
      (rows) => rows.length === 1,
      20_000,
    );
  expect(await letterOf(other.commandId)).toMatchObject([{ reason: 'command_conflict' }]);
  expect(await letterOf(euros.commandId)).toMatchObject([
    {
      reason: 'currency_mismatch',
      detail: expect.stringMatching(/^at its home dc1: .*keeps USD, not EUR/),
    },
  ]);
  expect(await letterOf(unknown.commandId)).toMatchObject([{ reason: 'account_not_found' }]);
  expect(await letterOf(nowhere.commandId)).toMatchObject([
    { reason: 'invalid_message', detail: 'home: there is no dc9' },
  ]);
  expect(await site.partsOf(accountId)).toEqual([400n, 0n, 0n]);
}, 60_000);

test('a letter that is replayed goes to its home, too', async () => {
  const accountId = await openEverywhere();
  const homed = { ...command(accountId, '8.00'), home: 'dc1' };
  const value = Buffer.from(JSON.stringify(homed));
  await site.ledger(there).rows(
    `insert into billing.dead_letters (topic, partition_id, message_offset, incarnation, command_id, account_id, reason, detail, message_value)
     values ('billing.payin', 0, 1000000, 1, $1, $2, 'account_not_found', 'it was not there', $3)`,
    [homed.commandId, accountId, value],
  );
  const response = await fetch(
    `${cluster.gatewayUrl(there)}/v1/dead-letters/billing.payin/0/1000000/replay`,
    {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await cluster.signToken({ sub: 'op', scope: 'operator:act' })}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ note: 'it is there now' }),
    },
  );
  expect(await response.json()).toMatchObject({ result: 'parked' });
  expect(await site.untilStatus(there, homed, 'applied')).toMatchObject({ node: home });
  expect(await site.partsOf(accountId)).toEqual([800n, 0n, 0n]);
}, 30_000);

test('read again from the beginning, a topic brings nothing twice', async () => {
  const accountId = await openEverywhere();
  const commands = Array.from({ length: 30 }, (_, i) => ({
    ...command(accountId, '1.00'),
    ...(i % 2 === 0 && { home: 'dc1' }),
  }));
  await site.send(there, ...commands);
  await eventually(
    () => site.partsOf(accountId),
    ([atHome, here]) => atHome === 1500n && here === 1500n,
    20_000,
  );
  await eventually(
    () => waiting(there),
    (count) => count === 0n,
  );
  await cluster.killMember('ledger-worker', there);
  const ends = 'select coalesce(sum(next_offset), 0)::bigint from billing.consumer_offsets';
  const end = await site.ledger(there).value<bigint>(ends);
  await site
    .ledger(there)
    .rows('update billing.consumer_offsets set next_offset = accepted_offset');
  await cluster.startMember('ledger-worker', there);
  await eventually(
    () => site.ledger(there).value<bigint>(ends),
    (sum) => sum === end,
    30_000,
  );
  expect(await waiting(there)).toBe(0n);
  expect(await site.partsOf(accountId)).toEqual([1500n, 1500n, 0n]);
  await untilClean(site.ledgers, 20_000);
}, 90_000);

test('its home may have credited it before the answer was lost: once', async () => {
  const accountId = await openEverywhere();
  const commandId = randomUUID();
  const request = {
    command_id: commandId,
    account_id: String(accountId),
    amount_minor: '600',
    currency: 'USD',
    reference: null,
    metadata: null,
    tenant: 'default',
  };
  const verdicts = await site
    .ledger(home)
    .value('select billing.execute_pay_ins($1)', [JSON.stringify([request, request])]);
  expect(verdicts).toMatchObject([{ verdict: 'applied' }, { verdict: 'applied' }]);
  await site.send(there, { ...command(accountId, '6.00', { commandId }), home: 'dc1' } as Command);
  await eventually(
    () =>
      site
        .ledger(there)
        .value<bigint>('select count(*) from billing.forwarded_pay_ins where command_id = $1', [
          commandId,
        ]),
    (count) => count === 1n,
    20_000,
  );
  expect(await site.partsOf(accountId)).toEqual([600n, 0n, 0n]);
});
