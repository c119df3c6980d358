import { randomInt } from 'node:crypto';
import type { Cluster, MemberKind } from '@billing/cluster';
import {
  eventually,
  inLongRun,
  Ledger,
  startCluster,
  startProxiedCluster,
  untilClean,
  type NodeLinks,
} from '@billing/testing';
import { CoordinatorClient, refusalOf } from '../coordinator/coordinator-client.js';
import { HoldClient } from '../coordinator/hold-client.js';
import {
  judgeEnd,
  readClawbacks,
  readUndone,
  readUnheard,
  untilConsumed,
  untilTakenBack,
  untilUndone,
} from './end-state.js';
import { Failures } from './failures.js';
import {
  countOperations,
  makeHistory,
  SERVICE_PRICE,
  withOwnCommandIds,
  type AccountHistory,
} from './history.js';
import { judgeAccount } from './judge.js';
import { toDecimal, toMinor } from './minor.js';
import { readHeldParts, untilHoldsEnded } from './on-holds.js';
import { HistoryPlayer, type PlayedNode } from './history-player.js';
import { readRefunds, untilMoved } from './refunds.js';
import type { AccountRecord } from './record.js';
import { StreamCaller } from './stream-caller.js';
import { countAnswers, countOnHolds, tellProgress } from './telling.js';
import { Upstream } from '../pay-ins/upstream.js';

// A random history over three datacenters, judged by a small model that knows nothing of how they work. Two tenants
// play it at once, with the same usernames and keys. SEED=… plays one again (its steps; not the moments at which they
// meet), OPERATIONS=… a longer one, as `npm run test:long` does; FAILING_OPERATIONS=… the same of the one while members die,
// FAILING_MINUTES=… until they are over.
const seed = Number(process.env['SEED'] ?? randomInt(2 ** 31));
const operationsOf = (name: string, usual: number): number =>
  Math.ceil(Number(process.env[name] ?? usual) / 2);
const quietOperations = 30;
const busyOperations = 250;
const quietAmongFailures = 40;
const busyAmongFailures = 4;
const busyShare = 0.1;
const violationsTold = 20;
const samples = 100;
const progressEveryMs = 30_000;
const failingMinutes = Number(process.env['FAILING_MINUTES'] ?? 0);
/** More than are played. */
const operationsAMinute = 8_000;

const [FIRST, SECOND] = ['default', 'second'];
let history: AccountHistory[];
let cluster: Cluster;
let links: NodeLinks | undefined;
/** Each node as each of the two deals with it. */
let first: PlayedNode[] = [];
let second: PlayedNode[] = [];
let ledgers: Ledger[];

async function connect(tenant: string, hasFailures: boolean): Promise<PlayedNode[]> {
  const token = await cluster.signToken({ sub: 'shop', tenant });
  return Promise.all(
    cluster.nodeIds.map(async (nodeId) => {
      const client = new CoordinatorClient(cluster.coordinatorConnection(nodeId), token, 30_000);
      return {
        ledger: new Ledger(cluster, nodeId),
        upstream: await Upstream.connect(cluster.kafkaConnection(nodeId)),
        client,
        stream: new StreamCaller(client, hasFailures),
        holds: new HoldClient(cluster.coordinatorConnection(nodeId), token, nodeId),
      };
    }),
  );
}

async function start(operations: number, hasFailures: boolean): Promise<void> {
  history = makeHistory(seed, {
    operations,
    nodes: 3,
    // Whoever asks again and again keeps others waiting: then fewer at once.
    quietAccounts: Math.min(
      Math.ceil((operations * (1 - busyShare)) / quietOperations),
      hasFailures ? quietAmongFailures : Infinity,
    ),
    busyAccounts: Math.min(
      Math.ceil((operations * busyShare) / busyOperations),
      hasFailures ? busyAmongFailures : Infinity,
    ),
    busyLanes: 8,
    busyShare,
  });
  const count = countOperations(history);
  process.stdout.write(`random history: SEED=${seed}, ${count} operations, by two tenants\n`);
  const members: MemberKind[] = ['postgres', 'kafka', 'ledger-worker', 'coordinator'];
  const options = { members, postgres: { fsync: false } };
  const appEnvironment = { coordinator: { COORDINATOR_PEER_TIMEOUT_MS: '1500' } };
  if (hasFailures) ({ cluster, links } = await startProxiedCluster({ ...options, appEnvironment }));
  else cluster = await startCluster(options);
  [first, second] = [await connect(FIRST, hasFailures), await connect(SECOND, hasFailures)];
  ledgers = first.map(({ ledger }) => ledger);
}

afterEach(async () => {
  const nodes = [...first, ...second];
  for (const { stream, client, holds } of nodes) {
    stream.close();
    holds.close();
    client.close();
  }
  await Promise.all(nodes.flatMap(({ ledger, upstream }) => [ledger.close(), upstream.close()]));
  await cluster?.destroy();
  await links?.close();
  [first, second, links] = [[], [], undefined];
}, 60_000);

/** What charges are for, known everywhere. @returns its id */
async function createService(): Promise<string> {
  const serviceId = await ledgers[0]!.value<number>(
    `select (billing.change_home_catalogue('create', $1, 'history', null) #>> '{service,service_id}')::integer`,
    [{ name: 'Traffic', price: SERVICE_PRICE, currency: 'USD', unit: 'MB' }],
  );
  for (const { ledger } of first) {
    await eventually(
      () =>
        ledger.value<bigint>('select count(*) from billing.services where id = $1', [serviceId]),
      (count) => count === 1n,
      60_000,
    );
  }
  return serviceId.toString();
}

/** An account for each history, opened at its home and known everywhere. */
async function openAccounts(tenant: string): Promise<string[]> {
  const opened = await Promise.all(
    ledgers.map((ledger, index) =>
      ledger.openAccounts(history.filter(({ home }) => home === index + 1).length, tenant),
    ),
  );
  await Promise.all(
    ledgers.map((ledger) =>
      eventually(
        () =>
          ledger.value<bigint>('select count(*) from billing.accounts where tenant = $1', [tenant]),
        (count) => count === BigInt(history.length),
        60_000,
      ),
    ),
  );
  return history.map(({ home }) => String(opened[home - 1]!.shift()!));
}

/** So many of them, each with the seed that shows them again. */
const tell = (violations: readonly string[]): string[] =>
  violations.slice(0, violationsTold).map((violation) => `SEED=${seed}: ${violation}`);

interface Seen {
  readonly amount: string;
  readonly parts: readonly { readonly nodeId: number; readonly amount: string }[];
}

async function seePayOut({ client }: PlayedNode, id: string): Promise<Seen> {
  const { payOut } = await client.getPayOut(id);
  expect(payOut.status).toBe('PAY_OUT_STATUS_COMMITTED');
  return payOut;
}

const seeHold = async ({ holds }: PlayedNode, id: string): Promise<Seen> =>
  (await holds.get(id)).hold;

/** Asked at another datacenter, a pay-out or a hold is what its answer said; asked by a stranger, it is not there. */
async function expectSeenElsewhere(
  records: readonly AccountRecord[],
  nodes: readonly PlayedNode[],
  strangers: readonly PlayedNode[],
): Promise<void> {
  const paid = records.flatMap(({ tries }) => tries.filter(({ answer }) => answer.kind === 'paid'));
  const some = paid.filter((_, index) => index % Math.ceil(paid.length / samples) === 0);
  for (const { node, amount: asked, heldForMs, answer } of some) {
    if (answer.kind !== 'paid') continue;
    const amount = answer.upTo?.paid ?? asked;
    const elsewhere = node % nodes.length;
    const see = heldForMs === undefined ? seePayOut : seeHold;
    // Whose node does not answer within its time is asked again.
    const seen = await eventually(
      () => see(nodes[elsewhere]!, answer.payOutId),
      () => true,
      30_000,
    );
    const parts = seen.parts.map((part) => [part.nodeId, toMinor(part.amount)] as const);
    expect([seen.amount, new Map(parts)]).toEqual([toDecimal(amount), answer.parts]);
    const refusal = await eventually(
      () => refusalOf(see(strangers[elsewhere]!, answer.payOutId)),
      ({ reason }) => reason !== 'NODE_UNREACHABLE',
      30_000,
    );
    const reason = heldForMs === undefined ? 'PAY_OUT_NOT_FOUND' : 'HOLD_NOT_FOUND';
    expect(refusal).toMatchObject({ reason });
  }
}

/** Deleted or not, a stranger is told of no account. */
async function expectUnknownToStrangers(
  records: readonly AccountRecord[],
  strangers: readonly PlayedNode[],
): Promise<void> {
  const some = records.filter((_, index) => index % Math.ceil(records.length / samples) === 0);
  for (const { accountId, tries } of some) {
    const idempotencyKey = tries[0]?.key ?? 'a key';
    const request = { accountId, amount: '0.01', currency: 'USD', drain: 'DRAIN_ANY' } as const;
    for (const { client } of strangers) {
      const answer = client.payOut({
        ...request,
        idempotencyKey: `of a stranger ${idempotencyKey}`,
      });
      expect(await refusalOf(answer)).toMatchObject({ reason: 'ACCOUNT_NOT_FOUND' });
    }
  }
}

async function expectDeletedEverywhere(
  records: readonly AccountRecord[],
  nodes: readonly PlayedNode[],
): Promise<void> {
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

/** Nothing that the model speaks of was missing from a history. */
function expectAllKinds(records: readonly AccountRecord[]): void {
  const counts = countAnswers(records);
  const byNodes = ['paid by one node', 'paid by 2 nodes', 'paid by 3 nodes'];
  for (const what of [...byNodes, 'repeated', 'paid less']) {
    expect([what, counts[what]]).toEqual([what, expect.any(Number)]);
  }
  const reasons = ['INSUFFICIENT_FUNDS', 'INSUFFICIENT_LOCAL_FUNDS', 'IDEMPOTENCY_CONFLICT'];
  for (const reason of [...reasons, 'ACCOUNT_DELETED', 'ACCOUNT_FROZEN']) {
    expect([reason, counts[reason]]).toEqual([reason, expect.any(Number)]);
  }
}

/** What the stranger's command ids came to: letters of who sent them, which say nothing of whose they are. */
async function expectConflictsTellNothing(stolen: ReadonlySet<string>): Promise<void> {
  expect(stolen.size).toBeGreaterThan(0);
  const letters = await Promise.all(
    ledgers.map((ledger) =>
      ledger.rows<{ reason: string; tenant: string; detail: string; command_id: string }>(
        `/* stolen */ select reason::text, tenant, detail, command_id from billing.dead_letters where command_id = any ($1::uuid[])`,
        [[...stolen]],
      ),
    ),
  );
  const ofConflicts = letters.flat().filter(({ tenant }) => tenant === SECOND);
  expect(ofConflicts).toHaveLength(stolen.size);
  for (const { reason, detail, command_id } of ofConflicts) {
    expect(['command_conflict', 'account_deleted']).toContain(reason);
    expect(detail.replace(command_id, '')).not.toMatch(/\d/);
  }
}

/** The end does not fit a history in which something did not happen. */
async function expectTamperingCaught(records: readonly AccountRecord[]): Promise<void> {
  // Of a deleted account a pay-in may be a dead letter, and is missed by nobody.
  const paid = records.find(
    ({ tries, deletions }) =>
      deletions.length === 0 && tries.some(({ answer }) => answer.kind === 'paid'),
  )!;
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

/** Every answer is one that the model allows, and the end is what the answers say. */
async function playAndJudge(operations: number, hasFailures: boolean): Promise<void> {
  await start(operations, hasFailures);
  const mine = await openAccounts(FIRST);
  const theirs = withOwnCommandIds(history);
  const ids = await openAccounts(SECOND);
  const serviceId = await createService();
  const startedMs = performance.now();
  const failures = links === undefined ? undefined : new Failures(cluster, links);
  const one = new HistoryPlayer(first, history, mine, FIRST, undefined, failures, serviceId);
  const two = new HistoryPlayer(second, theirs, ids, SECOND, one, failures, serviceId);
  const progress = setInterval(
    tellProgress([one, two], 2 * countOperations(history)),
    progressEveryMs,
  );
  const end = (): void => void (one.isTimeUp = two.isTimeUp = true);
  const timer = hasFailures && failingMinutes > 0 && setTimeout(end, failingMinutes * 60_000);
  try {
    const played = Promise.all([one.play(), two.play()]);
    await Promise.race([played, failures?.failure ?? played]);
    await played;
  } finally {
    clearInterval(progress);
    if (timer) clearTimeout(timer);
    await failures?.stop();
  }
  if (failures) process.stdout.write(`meanwhile: ${JSON.stringify(failures.counts)}\n`);
  const ms = Math.round(performance.now() - startedMs);
  const told = [one, two].map(({ records }) => JSON.stringify(countAnswers(records)));
  process.stdout.write(
    `played in ${ms} ms: ${told.join(' and ')}, ${two.stolen.size} stolen ids, ` +
      `${one.handedOver + two.handedOver} handed over, ${one.wandered + two.wandered} wandered\n`,
  );
  const done = Math.min(one.done, two.done);
  expect(Math.min(one.handedOver, two.handedOver)).toBeGreaterThan(done / 20);
  expect(Math.min(one.wandered, two.wandered)).toBeGreaterThan(done / 40);
  await Promise.all(first.map(({ upstream, ledger }) => untilConsumed(upstream, ledger)));
  await untilUndone(ledgers);
  await untilMoved(ledgers);
  await untilHoldsEnded(ledgers);
  await untilTakenBack(ledgers);
  await untilClean(ledgers, 60_000);
  for (const { records } of [one, two]) {
    await readUndone(ledgers, records);
    await readClawbacks(ledgers, records);
    await readUnheard(ledgers, records);
    await readRefunds(ledgers, records);
    await readHeldParts(ledgers, records);
  }
  const clawbacks = [one, two].flatMap(({ records }) =>
    records.flatMap((record) => record.clawbacks),
  );
  const undone = [one, two].flatMap(({ records }) => records.flatMap((record) => record.undone));
  const unheard = [one, two].flatMap(({ records }) => records.flatMap((record) => record.unheard));
  const made = [one, two].flatMap(({ records }) => records.flatMap((record) => record.made));
  const moved = made.filter(({ key }) => key === undefined);
  process.stdout.write(
    `${undone.length} pay-outs were made twice and given back, ${clawbacks.length} pay-ins credited twice, ` +
      `${unheard.length} pay-outs were made after a refusal of their key and told to nobody, ` +
      `${made.length} refunds, of which ${moved.length} have moved; of holds ${countOnHolds([one, two])}\n`,
  );
  expect(clawbacks.length).toBeGreaterThan(0);
  expect(made.length).toBeGreaterThan(done / 100);
  for (const [{ records }, nodes, strangers] of [
    [one, first, second],
    [two, second, first],
  ] as const) {
    expect(tell(records.flatMap(judgeAccount))).toEqual([]);
    expect(tell(await judgeEnd(ledgers, records))).toEqual([]);
    if (!hasFailures) expectAllKinds(records);
    await expectSeenElsewhere(records, nodes, strangers);
    await expectUnknownToStrangers(records, strangers);
    await expectDeletedEverywhere(records, nodes);
    await expectTamperingCaught(records);
  }
  await expectConflictsTellNothing(two.stolen);
}

test('a random history of two tenants', async () => {
  await playAndJudge(operationsOf('OPERATIONS', inLongRun(20_000, 5_000)), false);
}, 500_000);

test(
  'a random history of two tenants while members die and links break',
  async () => {
    const usual = failingMinutes * operationsAMinute || inLongRun(8_000, 500);
    await playAndJudge(operationsOf('FAILING_OPERATIONS', usual), true);
  },
  inLongRun(3_600_000, 500_000) + failingMinutes * 60_000,
);
