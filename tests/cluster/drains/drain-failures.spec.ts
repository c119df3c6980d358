import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  eventually,
  inLongRun,
  invariants,
  isLongRun,
  settledInvariants,
  untilClean,
  violationsOf,
} from '@billing/testing';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { DrainSite } from './drain-site.js';
import { PayingClient, type Heard } from '../coordinator/paying-client.js';
import type { Moment } from './step-failures.js';
import { StepHolds, type HeldStep } from './step-holds.js';

// Real coordinators, really killed in the middle of each step, and their databases, and their donors':
// once in npm test, twenty times in npm run test:long. All drains of a wave are held at their step when
// the blow falls. Afterwards nobody helps: recovery ends what is in doubt, and no client was lied to.
const rounds = inLongRun(20, 1);
const home = 1;
const amountMinor = 4_000n;
const deadlineMs = 3_000;
const inDoubtMaxMs = 10_000;
const replicatedMaxMs = 30_000;
const noDoubt = { ...invariants, 'nothing is in doubt': settledInvariants['nothing is in doubt'] };

let site: DrainSite;
let holds: StepHolds;
let clients: CoordinatorClient[];

const clientOf = (nodeId: number): CoordinatorClient => clients[nodeId - 1]!;

beforeAll(async () => {
  site = await DrainSite.start({
    members: ['postgres', 'coordinator'],
    appEnvironment: {
      coordinator: {
        COORDINATOR_RESERVE_TIMEOUT_MS: '2000',
        COORDINATOR_FORGET_INTERVAL_MS: '1000',
      },
    },
  });
  holds = await StepHolds.install(site.ledgers);
  const token = await site.cluster.signToken({ sub: 'shop' });
  clients = site.nodeIds.map(
    (nodeId) => new CoordinatorClient(site.cluster.coordinatorConnection(nodeId), token),
  );
}, 120_000);

afterAll(async () => {
  for (const client of clients ?? []) client.close();
  await site?.destroy();
}, 60_000);

interface Held {
  readonly step: HeldStep;
  readonly moment: Moment;
  /** Who gives what home lacks. */
  readonly donor: number;
}

/** A drain that is in the middle of a step, and the call that waits for it. */
interface HeldDrain extends Held {
  readonly payer: PayingClient;
  readonly call: Promise<Heard>;
}

// A teller brings decisions to one donor at a time, and what begins holds one of two connections: so
// each wave in this order, and no more than this at once.
const waves: Record<string, Held[]> = {
  'begin, reserve, decide, settle': [
    { step: 'close', moment: 'statement', donor: 2 },
    { step: 'close', moment: 'commit', donor: 3 },
    { step: 'decide', moment: 'statement', donor: 2 },
    { step: 'decide', moment: 'commit', donor: 3 },
    { step: 'reserve', moment: 'statement', donor: 2 },
    { step: 'reserve', moment: 'commit', donor: 2 },
    { step: 'begin', moment: 'statement', donor: 2 },
    { step: 'begin', moment: 'commit', donor: 3 },
  ],
  'being told': [
    { step: 'mark', moment: 'statement', donor: 2 },
    { step: 'mark', moment: 'commit', donor: 3 },
  ],
};

const isAtDonor = ({ step }: Held): boolean => step === 'reserve' || step === 'close';

async function holdAll(wanted: readonly Held[]): Promise<HeldDrain[]> {
  const accounts = await site.accounts(
    wanted.map(({ donor }) => ({ [home]: 1_000n, [donor]: 5_000n })),
  );
  const drains: HeldDrain[] = [];
  for (const [index, held] of wanted.entries()) {
    const accountId = accounts[index]!;
    const where = isAtDonor(held) ? held.donor : home;
    await holds.set(where, accountId, held.step, held.moment);
    const payer = new PayingClient(accountId, amountMinor, deadlineMs);
    drains.push({ ...held, payer, call: payer.ask(clientOf(home)) });
    await holds.untilHeld(where, accountId);
  }
  return drains;
}

async function letGo(nodeIds: readonly number[]): Promise<void> {
  await Promise.all(nodeIds.map((nodeId) => holds.letGo(nodeId)));
}

const others = (victim: number): number[] => site.nodeIds.filter((one) => one !== victim);

const victims: Record<string, () => Promise<void>> = {
  'the coordinator': async () => {
    await site.cluster.killMember('coordinator', home);
    // What its sessions were doing goes on without it, and commits.
    await letGo(site.nodeIds);
    await site.cluster.startMember('coordinator', home);
  },
  'the coordinator, and what its sessions did is rolled back': async () => {
    await site.cluster.killMember('coordinator', home);
    for (const nodeId of site.nodeIds) {
      await site.ledger(nodeId).rows(
        `/* terminate */ select pg_terminate_backend(pid) from pg_stat_activity
          where usename = 'billing_coordinator' or usename like 'billing_peer%'`,
      );
    }
    await letGo(site.nodeIds);
    await site.cluster.startMember('coordinator', home);
  },
  'PostgreSQL at home': () => killPostgres(home),
  'PostgreSQL of a donor': () => killPostgres(2),
};

async function killPostgres(nodeId: number): Promise<void> {
  await site.cluster.killMember('postgres', nodeId);
  await letGo(others(nodeId));
  await site.cluster.startMember('postgres', nodeId);
  await letGo([nodeId]);
}

/** What a client may have heard of a drain, by what became of it. */
async function expectNoLie(at: number, payer: PayingClient, heard: Heard): Promise<void> {
  const status = await site
    .ledger(at)
    .value<string | undefined>(
      '/* status */ select status::text from billing.pay_outs where idempotency_key = $1',
      [payer.idempotencyKey],
    );
  if (heard === 'committed') expect(status).toBe('committed');
  const saysNothingMoved = ['DEADLINE_EXCEEDED', 'CONTENDED', 'INSUFFICIENT_REACHABLE_FUNDS'];
  if (saysNothingMoved.includes(heard)) expect([heard, status]).toEqual([heard, 'rejected']);
  expect(heard).not.toBe('INSUFFICIENT_FUNDS');
}

interface Paying {
  readonly at: number;
  readonly donor: number;
  readonly payer: PayingClient;
  readonly heard: Heard;
}

/**
 * All is mended now: nothing is in doubt soon, nobody was lied to, and under its key every client is
 * paid, once. @returns what was heard, and when nothing was in doubt any more
 */
async function expectGoodEnd(drains: readonly Promise<Paying>[]): Promise<string> {
  const mendedMs = performance.now();
  await eventually(
    () => violationsOf(site.ledgers, noDoubt),
    (violations) => violations.length === 0,
    inDoubtMaxMs,
  );
  const tookMs = Math.round(performance.now() - mendedMs);
  const paying = await Promise.all(drains);
  for (const { at, payer, heard } of paying) await expectNoLie(at, payer, heard);

  await Promise.all(paying.map(({ at, payer }) => payer.untilPaid(clientOf(at))));
  await untilClean(site.ledgers, replicatedMaxMs);
  for (const { at, payer, donor } of paying) {
    const parts = await site.ownParts(payer.accountId);
    expect(parts[at]! + parts[donor]!).toBe(2_000n);
  }
  return `${paying.map(({ heard }) => heard).join(' ')}; nothing in doubt after ${tookMs} ms`;
}

// Being told is a matter of home alone.
const kills = Object.entries(victims);
const killsOf = (wave: readonly Held[]): typeof kills =>
  wave.every(({ step }) => step === 'mark') && !isLongRun
    ? kills.filter(([victim]) => victim === 'the coordinator' || victim === 'PostgreSQL at home')
    : kills;

describe.each(Object.entries(waves))('killed in the middle of %s', (_, wave) => {
  test.each(killsOf(wave))(
    '%s',
    async (victim, kill) => {
      for (let round = 0; round < rounds; round += 1) {
        const drains = await holdAll(wave);
        expect(await violationsOf(site.ledgers, invariants)).toEqual([]);
        await kill();
        const paying = drains.map(async (drain) => ({
          ...drain,
          at: home,
          heard: await drain.call,
        }));
        console.log(`${victim}: ${await expectGoodEnd(paying)}`);
      }
    },
    rounds * 60_000,
  );
});

// One failure a link, all links at once. `freeze` at the request is a link that is dead one way, at the
// answer the other way; what it held is delivered late when it is mended.
const linkFailures = [
  { at: 1, donor: 2, failure: 'cut', where: 'request' },
  { at: 2, donor: 3, failure: 'cut', where: 'answer' },
  { at: 3, donor: 1, failure: 'freeze', where: 'request' },
  { at: 1, donor: 3, failure: 'freeze', where: 'answer' },
  { at: 2, donor: 1, failure: 'reset', where: 'request' },
  { at: 3, donor: 2, failure: 'reset', where: 'answer' },
] as const;

describe('links that are cut, dead one way, or reset', () => {
  test.each([
    ['reserve', 'billing.reserve_within'],
    ['settle', 'billing.close_reservations'],
  ])(
    'before and after a %s',
    async (step, matching) => {
      for (let round = 0; round < rounds; round += 1) {
        const accounts = await site.accounts(
          linkFailures.map(({ at, donor }) => ({ [at]: 1_000n, [donor]: 5_000n })),
        );
        const calls = linkFailures.map(async ({ at, donor, failure, where }, index) => {
          const trap = site.links.link(at, donor).setTrap({ matching, failure, at: where });
          const payer = new PayingClient(accounts[index]!, amountMinor, deadlineMs);
          const [heard] = await Promise.all([payer.ask(clientOf(at)), trap.sprung]);
          return { at, donor, payer, heard };
        });
        const drains = await Promise.all(calls);
        if (step === 'settle')
          expect(new Set(drains.map(({ heard }) => heard))).toEqual(new Set(['committed']));
        // For what was frozen to be on its way.
        await sleep(300);
        await site.links.restore();
        console.log(`${step}: ${await expectGoodEnd(calls)}`);
      }
    },
    rounds * 60_000,
  );
});

describe('recovery', () => {
  test('keeps what its coordinator does not know, says so once, and closes it when the rows are back', async () => {
    const accountId = await site.account({ 2: 5_000n });
    const attemptId = randomUUID();
    const payOutId = randomUUID();
    // As if node 1 came back from a backup that is older than the drain.
    await site.ledger(2).rows('/* reserve */ select billing.reserve($1)', [
      JSON.stringify([
        {
          ...{ attempt_id: attemptId, round: 1, account_id: accountId.toString() },
          ...{ pay_out_id: payOutId, coordinator_node_id: home, wanted_minor: '4000' },
          deadline_at: new Date(Date.now() + 500).toISOString(),
        },
      ]),
    ]);
    const logFile = site.cluster.memberLogFile('coordinator', 2);
    const alarms = (): string[] =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => line.includes(attemptId));
    await eventually(
      async () => alarms(),
      (lines) => lines.length > 0,
    );
    await sleep(2_500);
    expect(alarms()).toHaveLength(1);
    expect(alarms()[0]).toContain('reservations here are kept');
    expect((await site.ownParts(accountId))[2]).toBe(1_000n);

    await site.ledger(home).rows(
      `/* rows are back */ insert into billing.drain_decisions (attempt_id, node_id, account_id, decision)
       values ($1, 1, $2, 'aborted')`,
      [attemptId, accountId],
    );
    await untilClean(site.ledgers, replicatedMaxMs);
    expect((await site.ownParts(accountId))[2]).toBe(5_000n);
  }, 30_000);

  test('forgets a key after thirty days, and nothing of the money', async () => {
    const [old, young] = await site.accounts([
      { 1: 1_000n, 2: 5_000n },
      { 1: 1_000n, 2: 5_000n },
    ]);
    const payers = [old!, young!].map((id) => new PayingClient(id, amountMinor, deadlineMs));
    for (const payer of payers) expect(await payer.ask(clientOf(home))).toBe('committed');
    await untilClean(site.ledgers, replicatedMaxMs);
    await site.ledger(home).rows(`/* age */ do $$ begin
      update billing.pay_outs set created_at = created_at - interval '31 days' where account_id = ${old};
      update billing.pay_out_attempts set started_at = started_at - interval '31 days' where account_id = ${old};
    end $$`);
    const kept = (payer: PayingClient): Promise<string> =>
      site.ledger(home).value(
        `/* kept */ select concat_ws(' ', p.status, p.idempotency_key is not null,
                (select count(*) from billing.pay_out_attempts a where a.pay_out_id = p.id))
           from billing.pay_outs p where p.id = $1`,
        [payer.payOutId],
      );
    await eventually(
      () => kept(payers[0]!),
      (facts) => facts === 'committed f 0',
    );
    expect(await kept(payers[1]!)).toBe('committed t 1');
    expect(await payers[1]!.ask(clientOf(home))).toBe('committed');
    await untilClean(site.ledgers, replicatedMaxMs);
  }, 30_000);
});
