import { randomInt } from 'node:crypto';
import type { Cluster } from '@billing/cluster';
import { eventually, Ledger, startCluster, untilClean } from '@billing/testing';
import { CoordinatorClient, refusalOf } from '../coordinator/coordinator-client.js';
import { judgeEnd, untilConsumed } from './end-state.js';
import { countOperations, makeHistory } from './history.js';
import { judgeAccount } from './judge.js';
import { HistoryPlayer, toDecimal, toMinor, type PlayedNode } from './player.js';
import type { AccountRecord } from './record.js';
import { StreamCaller } from './stream-caller.js';
import { Upstream } from '../pay-ins/upstream.js';

// A random history over three datacenters, judged by a small model that knows nothing of how they
// work. SEED=… plays one again (its steps; not the moments at which they meet), OPERATIONS=… a longer one.
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
const operations = Number(process.env['OPERATIONS'] ?? 20_000);
const quietOperations = 30;
const busyOperations = 250;
const busyShare = 0.1;
const faultsTold = 20;
const samples = 100;

const history = makeHistory(seed, {
  operations,
  nodes: 3,
  quietAccounts: Math.ceil((operations * (1 - busyShare)) / quietOperations),
  busyAccounts: Math.ceil((operations * busyShare) / busyOperations),
  busyLanes: 8,
  busyShare,
});
let cluster: Cluster;
let nodes: PlayedNode[] = [];
let ledgers: Ledger[];

beforeAll(async () => {
  process.stdout.write(`random history: SEED=${seed}, ${countOperations(history)} operations\n`);
  cluster = await startCluster({
    members: ['postgres', 'kafka', 'ledger-worker', 'coordinator'],
    postgres: { fsync: false },
  });
  const token = await cluster.signToken({ sub: 'shop' });
  nodes = await Promise.all(
    cluster.nodeIds.map(async (nodeId) => {
      const client = new CoordinatorClient(cluster.coordinatorConnection(nodeId), token, 30_000);
      return {
        ledger: new Ledger(cluster, nodeId),
        upstream: await Upstream.connect(cluster.kafkaConnection(nodeId)),
        client,
        stream: new StreamCaller(client),
      };
    }),
  );
  ledgers = nodes.map(({ ledger }) => ledger);
}, 180_000);

afterAll(async () => {
  for (const { stream, client } of nodes) {
    stream.close();
    client.close();
  }
  await Promise.all(nodes.flatMap(({ ledger, upstream }) => [ledger.close(), upstream.close()]));
  await cluster?.destroy();
}, 60_000);

/** An account for each history, opened at its home and known everywhere. */
async function openAccounts(): Promise<string[]> {
  const opened = await Promise.all(
    ledgers.map((ledger, index) =>
      ledger.openAccounts(history.filter(({ home }) => home === index + 1).length),
    ),
  );
  await Promise.all(
    ledgers.map((ledger) =>
      eventually(
        () => ledger.value<bigint>('select count(*) from billing.accounts'),
        (count) => count === BigInt(history.length),
        60_000,
      ),
    ),
  );
  return history.map(({ home }) => String(opened[home - 1]!.shift()!));
}

/** So many of them, each with the seed that shows them again. */
const tell = (faults: readonly string[]): string[] =>
  faults.slice(0, faultsTold).map((fault) => `SEED=${seed}: ${fault}`);

/** What was tried, and what came of it. */
function countAnswers(records: readonly AccountRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { answer } of records.flatMap(({ tries }) => tries)) {
    const paid = (parts: number, replayed: boolean): string =>
      replayed ? 'replayed' : parts === 1 ? 'paid by one node' : `paid by ${parts} nodes`;
    const what = answer.kind === 'paid' ? paid(answer.parts.size, answer.replayed) : answer.reason;
    counts[what] = (counts[what] ?? 0) + 1;
  }
  return counts;
}

/** Asked at another datacenter, a pay-out is what its answer said. */
async function expectSeenElsewhere(records: readonly AccountRecord[]): Promise<void> {
  const paid = records.flatMap(({ tries }) => tries.filter(({ answer }) => answer.kind === 'paid'));
  const some = paid.filter((_, index) => index % Math.ceil(paid.length / samples) === 0);
  for (const { node, amount, answer } of some) {
    if (answer.kind !== 'paid') continue;
    const { payOut } = await nodes[node % nodes.length]!.client.getPayOut(answer.payOutId);
    const parts = payOut.parts.map((part) => [part.nodeId, toMinor(part.amount)] as const);
    expect([payOut.status, payOut.amount, new Map(parts)]).toEqual([
      'PAY_OUT_STATUS_COMMITTED',
      toDecimal(amount),
      answer.parts,
    ]);
  }
}

async function expectDeletedEverywhere(records: readonly AccountRecord[]): Promise<void> {
  const deleted = records.filter(({ deletions }) => deletions.length > 0);
  for (const { accountId } of deleted) {
    for (const { client } of nodes) {
      const request = { accountId, amount: '0.01', currency: 'USD', idempotencyKey: 'the end' };
      expect(await refusalOf(client.payOut({ ...request, drain: 'DRAIN_ANY' }))).toMatchObject({
        reason: 'ACCOUNT_DELETED',
      });
    }
  }
}

/** The end does not fit a history in which something did not happen. */
async function expectTamperingCaught(records: readonly AccountRecord[]): Promise<void> {
  const paid = records.find(({ tries }) => tries.some(({ answer }) => answer.kind === 'paid'))!;
  const without = { ...paid, tries: paid.tries.filter(({ answer }) => answer.kind !== 'paid') };
  const [first, ...rest] = paid.payIns;
  const extra = { ...first!, commandId: '00000000-0000-4000-8000-000000000000' };
  for (const changed of [
    without,
    { ...paid, payIns: rest },
    { ...paid, payIns: [...paid.payIns, extra] },
  ]) {
    expect(await judgeEnd(ledgers, [changed])).not.toEqual([]);
  }
}

test('a random history: every answer is one that the model allows, and the end is what the answers say', async () => {
  const player = new HistoryPlayer(nodes, history, await openAccounts());
  const startedMs = performance.now();
  await player.play();
  const { records } = player;
  process.stdout.write(
    `played in ${Math.round(performance.now() - startedMs)} ms: ${JSON.stringify(countAnswers(records))}\n`,
  );
  await Promise.all(nodes.map(({ upstream, ledger }) => untilConsumed(upstream, ledger)));
  await untilClean(ledgers, 60_000);
  expect(tell(records.flatMap(judgeAccount))).toEqual([]);
  expect(tell(await judgeEnd(ledgers, records))).toEqual([]);

  // Nothing that the model speaks of was missing from the history.
  const counts = countAnswers(records);
  for (const what of ['paid by one node', 'paid by 2 nodes', 'paid by 3 nodes', 'replayed']) {
    expect([what, counts[what]]).toEqual([what, expect.any(Number)]);
  }
  const reasons = ['INSUFFICIENT_FUNDS', 'INSUFFICIENT_LOCAL_FUNDS', 'IDEMPOTENCY_CONFLICT'];
  for (const reason of [...reasons, 'ACCOUNT_DELETED']) {
    expect([reason, counts[reason]]).toEqual([reason, expect.any(Number)]);
  }

  await expectSeenElsewhere(records);
  await expectDeletedEverywhere(records);
  await expectTamperingCaught(records);
}, 400_000);
