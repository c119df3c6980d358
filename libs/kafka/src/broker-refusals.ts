import { setTimeout as sleep } from 'node:timers/promises';
import { toOpeningRefusal, type BrokerRefusalError } from './broker-refusal.errors.js';
import type { KafkaLog } from './kafka-log.js';

const RETRY_MS = 2_000;

/** Whether a broker refuses this client now, and why: said once each, not once a try. */
export class BrokerRefusals {
  private readonly closed = new AbortController();
  private current: BrokerRefusalError | undefined;
  /** What the last try to open met. */
  private before: unknown;

  constructor(
    private readonly log: KafkaLog,
    private readonly client: 'consumer' | 'gateway',
  ) {}

  /** What is to be mended, or undefined. */
  get message(): string | undefined {
    return this.current?.message;
  }

  note(refusal: BrokerRefusalError): void {
    const { message: reason } = refusal;
    if (reason !== this.message) {
      this.log.error({ reason }, `the broker refuses this ${this.client}; trying again`);
    }
    this.current = refusal;
  }

  /** Of a try to open: a silence is a refusal where the try before met one, too. @returns whether it is one */
  noteUnopened(error: unknown): boolean {
    const refusal = toOpeningRefusal(error, this.before);
    if (refusal === undefined) this.forget();
    else this.note(refusal);
    this.before = error;
    return refusal !== undefined;
  }

  /** What comes after it, an outage or a connection, is not to be mended as one. */
  forget(): void {
    this.current = undefined;
    this.before = undefined;
  }

  /** The broker has given what was asked for. */
  end(): void {
    if (this.current === undefined) return;
    this.forget();
    this.log.info({}, `the broker takes this ${this.client}`);
  }

  /** Until it is time to ask again. @throws Error once closed */
  async pause(): Promise<void> {
    const { signal } = this.closed;
    await sleep(RETRY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new Error('closed while the broker was away or refused');
  }

  close(): void {
    this.closed.abort();
  }
}
