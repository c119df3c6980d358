/** A client process: one order from its parent, one result back. Apart from what it loads, so that its
 * own processor time can be told from the service's. */
import { randomUUID } from 'node:crypto';
import { createIdempotencyKey } from '@billing/contracts';
import { HttpTransport } from './http-transport.js';
import { shares, type CountAt, type Percentile } from '../report/series.js';
import type { LoadOrder, LoadReport, LoadResult, LoadTarget, Transport } from './load-order.js';
import { SharedTransport } from './shared-transport.js';
import { StreamTransport } from './stream-transport.js';

const FAILURE_KINDS_MAX = 20;
/** After the last request, for its answer. */
const LAST_ANSWERS_MS = 15_000;
const COUNTED_EVERY_MS = 100;

/** Its parent is gone: nobody waits for what it measures. */
const leave = (): never => process.exit(0);
process.once('disconnect', leave);

process.once('message', (order: LoadOrder) => {
  void run(order).then(
    () => {
      process.off('disconnect', leave);
      process.disconnect();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});

async function run(order: LoadOrder): Promise<void> {
  const transport = openTransport(order);
  await transport.connect();
  const load = new Load(order, transport);
  if (order.warmUpMs > 0) await load.runFor(order.warmUpMs);
  report({ kind: 'warm' });
  report({ kind: 'done', result: await load.runFor(order.durationMs) });
  transport.close();
}

function report(said: LoadReport): void {
  process.send!(said);
}

function openTransport({ target, beside = [], inFlight }: LoadOrder): Transport {
  const targets = [target, ...beside];
  const slots = Math.ceil(inFlight / targets.length);
  return new SharedTransport(targets.map((one) => openOne(one, slots)));
}

function openOne(target: LoadTarget, slots: number): Transport {
  if (target.kind === 'stream') return new StreamTransport(target, target.token);
  return new HttpTransport(target, slots);
}

class Load {
  private nextAccount = 0;
  private underWay = 0;
  private endMs = 0;
  private latenciesMs: number[] = [];
  private failures: Record<string, number> = {};
  private onIdle: (() => void) | undefined;
  private free: number[] = [];

  constructor(
    private readonly order: LoadOrder,
    private readonly transport: Transport,
  ) {}

  async runFor(forMs: number): Promise<LoadResult> {
    this.latenciesMs = [];
    this.failures = {};
    const overTime: CountAt[] = [];
    const cpu = process.cpuUsage();
    const startMs = performance.now();
    this.endMs = startMs + forMs;
    const counting = setInterval(() => {
      overTime.push({ atMs: performance.now() - startMs, count: this.latenciesMs.length });
    }, COUNTED_EVERY_MS);
    const idle = new Promise<void>((resolve) => (this.onIdle = resolve));
    if (this.order.ratePerSecond === undefined) {
      for (let slot = 0; slot < this.order.inFlight; slot += 1) this.keepSending(slot);
    } else {
      await this.sendSteadily(this.order.ratePerSecond, startMs);
    }
    const late = setTimeout(() => this.onIdle?.(), forMs + LAST_ANSWERS_MS);
    if (this.underWay > 0) await idle;
    clearTimeout(late);
    clearInterval(counting);
    const used = process.cpuUsage(cpu);
    return {
      answers: this.latenciesMs.length,
      failures: { ...this.failures, ...(this.underWay > 0 && { unanswered: this.underWay }) },
      seconds: (performance.now() - startMs) / 1_000,
      ...describeLatencies(this.latenciesMs),
      overTime,
      clientCpuMs: (used.user + used.system) / 1_000,
    };
  }

  private keepSending(slot: number): void {
    const startMs = performance.now();
    if (startMs >= this.endMs || !this.send(slot, startMs, () => this.keepSending(slot))) {
      if (this.underWay === 0) this.onIdle?.();
    }
  }

  /** Latency counts from when a request was due, whether or not a slot was free then. */
  private async sendSteadily(ratePerSecond: number, startMs: number): Promise<void> {
    this.free = Array.from({ length: this.order.inFlight }, (_, slot) => slot);
    let dueMs = startMs;
    while (dueMs < this.endMs) {
      const now = performance.now();
      const slot = dueMs <= now ? this.free.pop() : undefined;
      if (slot === undefined) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(1, dueMs - now)));
        continue;
      }
      const answered = (): void => {
        this.free.push(slot);
        if (this.underWay === 0 && dueMs >= this.endMs) this.onIdle?.();
      };
      if (!this.send(slot, dueMs, answered)) return;
      dueMs += 1_000 / ratePerSecond;
    }
  }

  /** @returns false when no account is left */
  private send(slot: number, sinceMs: number, answered: () => void): boolean {
    const { accountIds, amount, eachAccountOnce } = this.order;
    if (eachAccountOnce === true && this.nextAccount >= accountIds.length) return false;
    const index =
      eachAccountOnce === true ? this.nextAccount++ : Math.floor(Math.random() * accountIds.length);
    this.underWay += 1;
    const request = { accountId: accountIds[index]!, amount, key: this.createKey() };
    this.transport.send(slot, request, (failure) => {
      this.underWay -= 1;
      if (failure === undefined) this.latenciesMs.push(performance.now() - sinceMs);
      else this.countFailure(failure);
      answered();
    });
    return true;
  }

  private createKey(): string {
    const { home } = this.order;
    const hasHome = home !== undefined && Math.random() < home.share;
    return hasHome ? createIdempotencyKey(home.nodeId) : randomUUID();
  }

  private countFailure(failure: string): void {
    const known = failure in this.failures || Object.keys(this.failures).length < FAILURE_KINDS_MAX;
    const kind = known ? failure : 'other';
    this.failures[kind] = (this.failures[kind] ?? 0) + 1;
  }
}

function describeLatencies(
  latenciesMs: readonly number[],
): Pick<LoadResult, 'latencyMs' | 'percentiles'> {
  const sorted = Float64Array.from(latenciesMs).sort();
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const percentiles = shares.map((share): Percentile => ({ share, ms: at(share) }));
  return {
    latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99), max: sorted.at(-1) ?? Number.NaN },
    percentiles,
  };
}
