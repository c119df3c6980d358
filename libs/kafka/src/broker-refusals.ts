import { setTimeout as sleep } from 'node:timers/promises';
import type { BrokerRefusalError } from './broker-refusal.errors.js';
import type { KafkaLog } from './kafka-log.js';

const RETRY_MS = 2_000;

/** Whether a broker refuses a consumer now, and why: said once each, not once a try. */
export class BrokerRefusals {
  private readonly closed = new AbortController();
  private current: BrokerRefusalError | undefined;

  constructor(private readonly log: KafkaLog) {}

  /** What is to be mended, or undefined. */
  get message(): string | undefined {
    return this.current?.message;
  }

  note(refusal: BrokerRefusalError): void {
    const { message: reason } = refusal;
    if (reason !== this.message) {
      this.log.error({ reason }, 'the broker refuses this consumer; trying again');
    }
    this.current = refusal;
  }

  /** An outage after it is not to be mended as one. */
  forget(): void {
    this.current = undefined;
  }

  /** The broker has given what was asked for. */
  end(): void {
    if (this.current === undefined) return;
    this.forget();
    this.log.info({}, 'the broker takes this consumer');
  }

  /** Until it is time to ask again. @throws Error once closed */
  async pause(): Promise<void> {
    const { signal } = this.closed;
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new Error('closed while the broker refused this consumer');
  }

  close(): void {
    this.closed.abort();
  }
}
