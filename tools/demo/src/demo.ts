import { basename } from 'node:path';
import { RunningCluster, type RunningDatacenter } from '@billing/cluster';
import { AppliedPayIns } from './applied-pay-ins.js';
import { compareAll } from './comparison.js';
import { exitCodes } from './demo.errors.js';
import { expectAccounts, judgeOutcomes } from './expected.js';
import { readMovements } from './movement.js';
import { openAccounts, type OpenedAccounts } from './opening.js';
import { makePlan, type Plan } from './plan.js';
import { formatCount, Progress, type Screen } from './progress.js';
import { replayRows } from './replay.js';
import { waitUntilConsumed, waitUntilSettled } from './settling.js';
import { closeSites, openSites, type Site } from './site.js';
import { describeSummary, takeSnapshot, type Snapshot } from './summary.js';

export interface DemoOptions {
  readonly file: string;
  readonly home: string | undefined;
  /** Names; undefined: all. */
  readonly datacenterNames: readonly string[] | undefined;
  readonly limit: number | undefined;
  readonly ratePerSecond: number | undefined;
}

/** One run: steps in order, each with its progress and its time. */
export class Demo {
  private progress: Progress | undefined;
  private readonly times: { step: string; tookMs: number }[] = [];

  constructor(
    private readonly options: DemoOptions,
    private readonly screen: Screen,
  ) {}

  /** @returns the exit code */
  async run(): Promise<number> {
    const cluster = RunningCluster.find(this.options.home);
    const datacenters = this.chooseDatacenters(cluster);
    const movements = await readMovements(this.options.file);
    const plan = makePlan({
      file: this.options.file,
      movements,
      datacenterNames: datacenters.map(({ name }) => name),
      limit: this.options.limit,
    });
    this.print(
      `${basename(this.options.file)}: ${formatCount(plan.accounts.length)} accounts, ` +
        `${formatCount(plan.payInCount)} pay-ins and ${formatCount(plan.payOutCount)} pay-outs ` +
        `over ${datacenters.map(({ name }) => name).join(', ')}`,
    );
    const sites = await openSites(cluster, datacenters, (line) => this.note(line));
    try {
      return await this.carryOut(plan, sites);
    } finally {
      await closeSites(sites);
    }
  }

  private async carryOut(plan: Plan, sites: readonly Site[]): Promise<number> {
    const opened = await this.step('accounts opened', plan.accounts.length, (progress) =>
      openAccounts(plan, sites, progress),
    );
    const applied = await this.lookWhereItStands(opened, sites);
    const before = await this.takeSnapshots(opened, sites);
    const payOuts = await this.step(
      'rows replayed',
      plan.payInCount + plan.payOutCount,
      (progress) =>
        replayRows({
          plan,
          ids: opened.ids,
          sites,
          applied,
          progress,
          ratePerSecond: this.options.ratePerSecond,
        }),
    );
    const wrongOutcomes = judgeOutcomes(plan, payOuts);
    const accounts = expectAccounts(plan, opened.ids, payOuts, sites);
    const missing = await this.step('replicated', accounts.length * sites.length ** 2, (progress) =>
      waitUntilSettled(accounts, sites, progress),
    );
    const results = await this.step(
      'balances compared',
      accounts.length * sites.length,
      (progress) => compareAll(accounts, sites, progress),
    );
    const after = await this.takeSnapshots(opened, sites);
    this.print('');
    for (const line of missing) this.print(`not settled: ${line}`);
    const summary = {
      plan,
      accountsNew: opened.newCount,
      payOuts,
      wrongOutcomes,
      results,
      nodeIds: sites.map(({ datacenter }) => datacenter.nodeId),
      before,
      after,
      times: this.times,
    };
    for (const line of describeSummary(summary)) this.print(line);
    const isEqual =
      missing.length === 0 &&
      wrongOutcomes.length === 0 &&
      results.every((node) => node.mismatches.length === 0);
    if (!isEqual) await this.showDeadLetters(opened, sites);
    return isEqual ? exitCodes.equal : exitCodes.mismatch;
  }

  /** How far an earlier run came, once nothing of it is in the logs any more. */
  private async lookWhereItStands(
    { ids, newCount }: OpenedAccounts,
    sites: readonly Site[],
  ): Promise<AppliedPayIns> {
    const applied = new AppliedPayIns(sites);
    if (newCount === ids.size) return applied;
    const accountIds = [...ids.values()];
    await waitUntilConsumed(accountIds, sites);
    await Promise.all(
      sites.map(({ ledger }, index) =>
        ledger.surely('counting pay-ins', () => applied.look(index, accountIds)),
      ),
    );
    return applied;
  }

  /** What a mismatch may come from. */
  private async showDeadLetters({ ids }: OpenedAccounts, sites: readonly Site[]): Promise<void> {
    const own = new Set(ids.values());
    for (const { ledger, datacenter } of sites) {
      for (const { accountId, reason, detail } of await ledger.findDeadLetters(own)) {
        this.print(`dead letter at ${datacenter.name}, account ${accountId}: ${reason}: ${detail}`);
      }
    }
  }

  private takeSnapshots(
    { ids }: OpenedAccounts,
    sites: readonly Site[],
  ): Promise<readonly Snapshot[]> {
    const accountIds = [...ids.values()];
    return Promise.all(
      sites.map(async ({ ledger }) =>
        takeSnapshot((await ledger.readEntriesSurely(accountIds)).all),
      ),
    );
  }

  private async step<T>(
    what: string,
    total: number,
    act: (progress: Progress) => Promise<T>,
  ): Promise<T> {
    const progress = new Progress(this.screen, what, total);
    this.progress = progress;
    try {
      return await act(progress);
    } finally {
      progress.finish();
      this.progress = undefined;
      this.times.push({ step: what, tookMs: progress.elapsedMs });
    }
  }

  private chooseDatacenters(cluster: RunningCluster): readonly RunningDatacenter[] {
    const names = this.options.datacenterNames;
    if (names === undefined) return cluster.datacenters;
    const chosen = new Set(names.map((name) => cluster.datacenter(name)));
    return cluster.datacenters.filter((datacenter) => chosen.has(datacenter));
  }

  private note(line: string): void {
    if (this.progress) this.progress.note(line);
    else this.print(line);
  }

  private print(line: string): void {
    this.screen.write(`${line}\n`);
  }
}
