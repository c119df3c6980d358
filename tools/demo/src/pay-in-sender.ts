import { setTimeout as sleep } from 'node:timers/promises';
import type { UpstreamPayIn, UpstreamProducer } from './upstream.js';

const groupSizeMax = 1_000;
const groupsPerSecond = 4;
/** What becomes ready within it shares a request, and with it a batch of the ledger worker. */
const lingerMs = 100;

/** Pay-ins on their way to one datacenter's broker: first in, first out, many in a request. */
export class PayInSender {
  private queue: UpstreamPayIn[] = [];

  constructor(
    private readonly upstream: Pick<UpstreamProducer, 'send'>,
    /** Undefined: as fast as it goes. */
    private readonly ratePerSecond: number | undefined,
    private readonly onSent: (count: number) => void,
  ) {}

  add(payIn: UpstreamPayIn): void {
    this.queue.push(payIn);
  }

  /** Sends what comes until the end is signalled and all is with the broker, or nobody wants it. */
  async run(isEnded: () => boolean, signal: AbortSignal): Promise<void> {
    const rate = this.ratePerSecond ?? Infinity;
    const groupSize = Math.min(groupSizeMax, Math.max(1, Math.ceil(rate / groupsPerSecond)));
    while (!signal.aborted) {
      if (this.queue.length === 0) {
        if (isEnded()) return;
        await sleep(lingerMs);
        continue;
      }
      const startedMs = performance.now();
      const group = this.queue.splice(0, groupSize);
      await this.upstream.send(group);
      this.onSent(group.length);
      const dueMs = startedMs + (group.length / rate) * 1_000;
      await sleep(Math.max(0, dueMs - performance.now()));
    }
  }
}
