import { assertDatabaseMatches, type Database } from '@billing/database';
import type { PayInProducer } from '@billing/kafka';
import { checkReadiness } from '@billing/observability';
import type { CoordinatorClient } from '../coordinator/coordinator-client.js';

/** What the gateway leans on, and whether each can be used now. */
export class Readiness {
  private stopped = false;
  private isListening = false;
  /** What waits for somebody to mend it, by name, and keeps the gateway from nothing else. */
  notes: Readonly<Record<string, string>> = {};

  constructor(
    private readonly database: Database,
    private readonly producer: PayInProducer,
    private readonly coordinator: CoordinatorClient,
    private readonly nodeId: number,
  ) {}

  /** It takes requests. */
  listens(): void {
    this.isListening = true;
  }

  /** From here on not ready, so that whoever sends requests here looks elsewhere. */
  stop(): void {
    this.stopped = true;
  }

  get isStopping(): boolean {
    return this.stopped;
  }

  async failures(): Promise<Readonly<Record<string, string>>> {
    if (this.stopped) return { gateway: 'stopping' };
    return checkReadiness({
      http: () => Promise.resolve(this.isListening ? undefined : 'it does not listen yet'),
      postgresql: async () => {
        await assertDatabaseMatches(this.database, this.nodeId);
        return undefined;
      },
      kafka: () => this.producer.failure(),
      coordinator: () => this.coordinator.failure(),
    });
  }
}
