import { assertDatabaseMatches, type Database } from '@billing/database';
import type { PayInProducer } from '@billing/kafka';
import type { CoordinatorClient } from '../coordinator/coordinator-client.js';

/** Shorter than the check as a whole, so that its answer can name who is late. */
const DATABASE_DEADLINE_MS = 1_500;

/** What the gateway leans on, and whether each can be used now. */
export class Readiness {
  private stopped = false;
  /** What waits for somebody to mend it, by name, and keeps the gateway from nothing else. */
  notes: Readonly<Record<string, string>> = {};

  constructor(
    private readonly database: Database,
    private readonly producer: PayInProducer,
    private readonly coordinator: CoordinatorClient,
    private readonly nodeId: number,
  ) {}

  /** From here on not ready, so that whoever sends requests here looks elsewhere. */
  stop(): void {
    this.stopped = true;
  }

  get isStopping(): boolean {
    return this.stopped;
  }

  async faults(): Promise<Record<string, string>> {
    if (this.stopped) return { gateway: 'stopping' };
    const [postgresql, kafka, coordinator] = await Promise.all([
      this.databaseFault(),
      this.producer.fault(),
      this.coordinator.fault(),
    ]);
    const named = Object.entries({ postgresql, kafka, coordinator });
    return Object.fromEntries(
      named.filter((entry): entry is [string, string] => entry[1] !== undefined),
    );
  }

  private databaseFault(): Promise<string | undefined> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, DATABASE_DEADLINE_MS, 'no answer in time');
      assertDatabaseMatches(this.database, this.nodeId)
        .then(
          () => resolve(undefined),
          (error: unknown) => resolve(error instanceof Error ? error.message : String(error)),
        )
        .finally(() => clearTimeout(timer));
    });
  }
}
