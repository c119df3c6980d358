import {
  countDeadLetters,
  countParkedPayIns,
  listBreakers,
  listDrainsInDoubt,
  listNodeClocks,
  listReplicationSlots,
  replicationStatus,
  type BreakerState,
  type Database,
  type DrainsInDoubt,
  type NodeClock,
  type OpenDeadLetters,
  type ParkedCount,
  type PeerReplication,
  type ReplicationSlot,
} from '@billing/database';
import type { TopicOffsets } from '@billing/kafka';
import type { Readiness } from '../health/readiness.js';
import type { GatewayMetrics } from '../metrics/gateway.metrics.js';
import { readLag, type PartitionLag } from '../metrics/pay-in-readings.js';
import { readAuditState, type AuditState } from './audit-state.js';
import { HistoryRing } from './history-ring.js';
import { LiveReading } from './live-reading.js';
import { RateMeter } from './rate-meter.js';

export interface Unapplied {
  readonly parked: ParkedCount;
  readonly deadLetters: readonly OpenDeadLetters[];
}

/** What lies between this node and the others. */
export interface Links {
  readonly replication: readonly PeerReplication[];
  readonly breakers: readonly BreakerState[];
  readonly slots: readonly ReplicationSlot[];
  readonly clocks: readonly NodeClock[];
}

export interface NodeReadingsParts {
  readonly nodeId: number;
  readonly database: Database;
  readonly offsets: TopicOffsets;
  readonly readiness: Readiness;
  readonly metrics: GatewayMetrics;
}

const WATCHED_INTERVAL_MS = 1_000;
const INTERVAL_MS = 5_000;

/**
 * What this gateway knows of its datacenter, every second while somebody watches, else every five. Read
 * once for all who watch, each part on its own: one that hangs keeps the others from nothing.
 */
export class NodeReadings {
  readonly startedAt = new Date();
  readonly history = new HistoryRing();
  readonly lag: LiveReading<PartitionLag[]>;
  readonly unapplied: LiveReading<Unapplied>;
  readonly links: LiveReading<Links>;
  readonly drains: LiveReading<DrainsInDoubt[]>;
  readonly audit: LiveReading<AuditState>;
  readonly faults: LiveReading<Readonly<Record<string, string>>>;
  readonly arriving = new RateMeter();
  readonly applied = new RateMeter();
  readonly payOuts = new RateMeter();
  private watchers = 0;

  constructor(private readonly parts: NodeReadingsParts) {
    const { database, offsets, readiness } = parts;
    const intervalMs = (): number => (this.watchers > 0 ? WATCHED_INTERVAL_MS : INTERVAL_MS);
    this.lag = new LiveReading({
      read: (stopping) => readLag(database, offsets, stopping),
      onRead: (lags) => this.note(lags),
      intervalMs,
    });
    this.unapplied = new LiveReading({
      read: async () => {
        const [parked, deadLetters] = await Promise.all([
          countParkedPayIns(database),
          countDeadLetters(database),
        ]);
        return { parked, deadLetters };
      },
      intervalMs,
    });
    this.links = new LiveReading({ read: () => readLinks(database), intervalMs });
    this.drains = new LiveReading({ read: () => listDrainsInDoubt(database), intervalMs });
    this.audit = new LiveReading({ read: () => readAuditState(database), intervalMs });
    this.faults = new LiveReading({ read: () => readiness.faults(), intervalMs });
  }

  get nodeId(): number {
    return this.parts.nodeId;
  }

  start(): void {
    for (const reading of this.all()) reading.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.all().map((reading) => reading.stop()));
  }

  /** From now on every second, until what it returns is called. */
  watch(): () => void {
    this.watchers += 1;
    if (this.watchers === 1) for (const reading of this.all()) reading.trigger();
    return () => (this.watchers -= 1);
  }

  private all(): LiveReading<unknown>[] {
    return [this.lag, this.unapplied, this.links, this.drains, this.audit, this.faults];
  }

  private note(lags: readonly PartitionLag[]): void {
    let end = 0n;
    let stored = 0n;
    let messages = 0;
    let ageMs = 0;
    for (const lag of lags) {
      end += lag.highWatermark;
      stored += lag.storedOffset;
      messages += lag.messages;
      ageMs = Math.max(ageMs, lag.ageMs);
    }
    this.arriving.note(end);
    this.applied.note(stored);
    this.payOuts.note(BigInt(this.parts.metrics.payOutsMade));
    this.history.add({
      lag_seconds: ageMs / 1_000,
      lag_messages: messages,
      arriving: this.arriving.perSecond(),
      applied: this.applied.perSecond(),
      pay_outs: this.payOuts.perSecond(),
    });
  }
}

async function readLinks(database: Database): Promise<Links> {
  const [replication, breakers, slots, clocks] = await Promise.all([
    replicationStatus(database),
    listBreakers(database),
    listReplicationSlots(database),
    listNodeClocks(database),
  ]);
  return { replication, breakers, slots, clocks };
}
