import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '@billing/testing';
import { DrainSite } from '../drains/drain-site.js';
import { GatewayProcess } from '../gateway/gateway-process.js';
import { HoldClient } from './hold-client.js';

// The datacenter that made a hold is gone for good, its PostgreSQL, too: nothing of it is started again.
const home = 1;
const left = [2, 3];
const each = 5_000n;
const heldForMs = 4_000;

let site: DrainSite;
let gateways: GatewayProcess[];
let maker: HoldClient;

beforeAll(async () => {
  site = await DrainSite.start({ members: ['postgres', 'coordinator'] });
  const token = await site.cluster.signToken({ sub: 'shop' });
  maker = new HoldClient(site.cluster.coordinatorConnection(home), token, home);
  gateways = await Promise.all(
    left.map((nodeId) => GatewayProcess.launch(site.cluster, {}, nodeId)),
  );
  // No broker is needed, and there is none.
  for (const gateway of gateways) {
    await eventually(
      () => gateway.failures(),
      (failures) => Object.keys(failures).join() === 'kafka',
      60_000,
    );
  }
}, 120_000);

afterAll(async () => {
  maker?.close();
  await Promise.all((gateways ?? []).map((gateway) => gateway.stop()));
  await site?.destroy();
}, 60_000);

/** As a datacenter that is left sees it. */
async function balanceAt(gateway: GatewayProcess, account: bigint): Promise<object> {
  const { body } = await gateway.call('GET', `/v1/accounts/${account}/balance`);
  const { total, spendable, held, stranded, heldStranded } = body;
  const parts = body['parts'] as {
    node: number;
    balance: string;
    held: string;
    reachable: boolean;
  }[];
  return {
    ...{ total, spendable, held, stranded, heldStranded },
    parts: parts.map(
      ({ node, balance, held: kept, reachable }) =>
        `${node}: ${balance}, ${kept} held${reachable ? '' : ', stranded'}`,
    ),
  };
}

test('what others hold of it is back when its time is over, everywhere; what its maker holds is stranded, and is said to be', async () => {
  const account = await site.account({ 1: each, 2: each, 3: each });
  const { hold } = await maker.authorise(account, '120.00', { heldForMs });
  const authorisedMs = performance.now();
  const captured = await maker.capture(hold.holdId, '20.00');
  expect(captured).toMatchObject({ captured: '20.00', unknown: '0.00' });
  await Promise.all([
    site.cluster.killMember('postgres', home),
    site.cluster.killMember('coordinator', home),
  ]);
  await sleep(authorisedMs + heldForMs - performance.now());
  const back = {
    total: '100.00',
    spendable: '100.00',
    held: '30.00',
    stranded: '0.00',
    heldStranded: '30.00',
    parts: ['1: 0.00, 30.00 held, stranded', '2: 50.00, 0.00 held', '3: 50.00, 0.00 held'],
  };
  await Promise.all(
    gateways.map((gateway) =>
      eventually(
        () => balanceAt(gateway, account),
        (balance) => JSON.stringify(balance) === JSON.stringify(back),
        5_000,
      ),
    ),
  );
  // It is there to be paid out, whole, and no more is.
  const [gateway] = gateways;
  const pay = (amount: string) =>
    gateway!.call(
      'POST',
      '/v1/pay-outs',
      { accountId: String(account), amount, currency: 'USD' },
      { 'idempotency-key': randomUUID() },
    );
  expect(await pay('100.01')).toMatchObject({
    status: 503,
    body: { available: '100.00', unreachableNodes: [home] },
  });
  expect(await pay('100.00')).toMatchObject({ status: 201 });
}, 60_000);
