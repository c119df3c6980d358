import { setTimeout as sleep } from 'node:timers/promises';
import type { Datacenter } from '@billing/cluster';
import type { PayOutRequest } from '@billing/contracts';
import { AppliedPayIns, type WatchedSite } from './applied-pay-ins.js';
import { toHundredths } from './minor-units.js';
import type { Movement } from './movement.js';
import type { PayOutOutcome } from './payer.js';
import { makePlan } from './plan.js';
import { replayRows, type ReplayedPayOut } from './replay.js';
import type { UpstreamPayIn } from './upstream.js';

const datacenterNames = ['dc1', 'dc2', 'dc3'];

/** Three datacenters with one purse: pay-ins are credited a while after they were sent, once each. */
class FakeBank {
  readonly applied = new Set<string>();
  readonly credited = new Map<string, number[]>();
  readonly money = new Map<string, bigint>();
  readonly paid = new Set<string>();
  readonly asked: string[] = [];

  readonly sites = datacenterNames.map((name, index) => ({
    datacenter: { name, nodeId: index + 1, ports: {} as Datacenter['ports'] },
    trouble: { tell: () => undefined, isOver: () => undefined },
    ledger: {
      countPayIns: async (accountIds: readonly string[]) =>
        accountIds.map((accountId) => ({
          accountId: BigInt(accountId),
          nodeId: index + 1,
          entries: this.credited.get(accountId)?.[index] ?? 0,
          amountMinor: 0n,
        })),
    },
    upstream: {
      send: async (payIns: readonly UpstreamPayIn[]) => {
        setTimeout(() => payIns.forEach((payIn) => this.credit(payIn, index)), 15);
      },
    },
    payer: {
      payOut: async (request: PayOutRequest) => {
        await sleep(2);
        return { outcome: this.pay(request, index), tookMs: 2 };
      },
    },
  }));

  private credit({ commandId, accountId, amount }: UpstreamPayIn, index: number): void {
    if (this.applied.has(commandId)) return;
    this.applied.add(commandId);
    const counts = this.credited.get(accountId) ?? [0, 0, 0];
    counts[index]! += 1;
    this.credited.set(accountId, counts);
    this.money.set(accountId, (this.money.get(accountId) ?? 0n) + toHundredths(amount));
  }

  private pay({ accountId, amount, idempotencyKey }: PayOutRequest, index: number): PayOutOutcome {
    this.asked.push(idempotencyKey.split('/').at(-1)!);
    const wanted = toHundredths(amount);
    const parts = new Map([[index + 1, wanted]]);
    if (this.paid.has(idempotencyKey)) return { kind: 'paid', parts, replayed: true };
    const left = (this.money.get(accountId) ?? 0n) - wanted;
    if (left < 0n) return { kind: 'refused' };
    this.money.set(accountId, left);
    this.paid.add(idempotencyKey);
    return { kind: 'paid', parts, replayed: false };
  }
}

const movements = ['a', 'b', 'c'].flatMap((account) =>
  ['5.00', '1.00', '-6.01', '-5.50', '3.00', '-3.50', '-0.01'].map((amount, index): Movement => ({
    transactionId: `${account}${index}`,
    account,
    dayMs: 0,
    kind: amount.startsWith('-') ? 'pay_out' : 'pay_in',
    amount: amount.replace('-', ''),
  })),
);
const plan = makePlan({ file: 'f', movements, datacenterNames, limit: undefined });
const ids = new Map(plan.accounts.map(({ number }, index) => [number, String(index + 1)]));

async function run(bank: FakeBank, of = plan): Promise<Map<string, string>> {
  const applied = new AppliedPayIns(bank.sites as unknown as WatchedSite[]);
  for (const index of bank.sites.keys()) await applied.look(index, [...ids.values()]);
  let done = 0;
  const payOuts: ReplayedPayOut[] = await replayRows({
    plan: of,
    ids,
    sites: bank.sites as unknown as Parameters<typeof replayRows>[0]['sites'],
    applied,
    progress: { set: (count) => void (done = count) },
    ratePerSecond: undefined,
  });
  expect(done).toBe(of.payInCount + of.payOutCount);
  await sleep(30);
  return new Map(
    payOuts.map(({ row, outcome }) => [
      row.movement.transactionId,
      outcome.kind === 'paid' && outcome.replayed ? 'repeated' : outcome.kind,
    ]),
  );
}

const outcomes = (letters: readonly string[], kinds: readonly string[]): Map<string, string> =>
  new Map(letters.flatMap((letter) => [2, 3, 5, 6].map((at, i) => [`${letter}${at}`, kinds[i]!])));

test('each pay-out waits for the pay-ins before it, and sees none that come after it', async () => {
  const bank = new FakeBank();
  const seen = await run(bank);
  expect(seen).toEqual(outcomes(['a', 'b', 'c'], ['refused', 'paid', 'paid', 'refused']));
  expect([...plan.refused].sort()).toEqual(['a2', 'a6', 'b2', 'b6', 'c2', 'c6']);
  expect([...bank.money.values()]).toEqual([0n, 0n, 0n]);
});

test('a second run asks for what was paid, and again only where no money has come since', async () => {
  const bank = new FakeBank();
  await run(bank);
  bank.asked.length = 0;
  const seen = await run(bank);
  expect(seen).toEqual(outcomes(['a', 'b', 'c'], ['passed', 'repeated', 'repeated', 'refused']));
  expect(bank.asked).not.toContain('a2');
  expect([...bank.money.values()]).toEqual([0n, 0n, 0n]);
});

test('a run that was cut off is taken up where it was', async () => {
  const bank = new FakeBank();
  const rows = plan.accounts[0]!.rows;
  // What was sent by then: the pay-ins before the first pay-out, and one that was not refused yet.
  const cut = { ...plan, payInCount: 2, payOutCount: 1 };
  await run(bank, { ...cut, accounts: [{ ...plan.accounts[0]!, rows: rows.slice(0, 3) }] });
  expect(await run(bank)).toEqual(
    outcomes(['a', 'b', 'c'], ['refused', 'paid', 'paid', 'refused']),
  );
});

test('a payer that gives up ends the run', async () => {
  const bank = new FakeBank();
  bank.sites[0]!.payer.payOut = async () => Promise.reject(new Error('gave up'));
  await expect(run(bank)).rejects.toThrow('gave up');
});
