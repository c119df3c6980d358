import {
  listBreakers,
  listDrainsInDoubt,
  listNodeClocks,
  listReplicationSlots,
  replicationStatus,
  type BreakerState,
  type Database,
  type DrainsInDoubt,
  type NodeClock,
  type PeerReplication,
  type ReplicationSlot,
} from '@billing/database';
import type { TopicOffsets } from '@billing/kafka';
import { Reading, type Log, type Metrics } from '@billing/observability';
import type { Readiness } from '../health/readiness.js';
import type { GatewayMetrics } from '../metrics/gateway.metrics.js';
import {
  lagReading,
  unappliedReading,
  type Lag,
  type Unapplied,
} from '../metrics/pay-in-readings.js';
import { readAuditState, type AuditState } from './audit-state.js';
import { HistoryRing } from './history-ring.js';
import { RateMeter } from './rate-meter.js';

/** What lies between this node and the others. */
export interface Links {
  readonly replication: readonly PeerReplication[];
  readonly breakers: readonly BreakerState[];
  readonly slots: readonly ReplicationSlot[];
  readonly clocks: readonly NodeClock[];
}

export interface NodeReadingsParts {
  readonly nodeId: number;
  /** Of its own, for what alarms: there while requests use up the other. */
  readonly database: Database;
  /** Of `billing.payin`, and of each upstream topic. */
  readonly offsets: readonly TopicOffsets[];
  readonly readiness: Readiness;
  readonly metrics: Metrics;
  readonly ownMetrics: GatewayMetrics;
  readonly intervalMs: number;
  readonly log: Log;
}

const WATCHED_INTERVAL_MS_MAX = 1_000;
/** The overview shows nothing that is much older, whether it is watched or asked for once. */
const INTERVAL_MS_MAX = 5_000;

/**
 * What this gateway knows of its datacenter, every second while somebody watches, else every five. Read
 * once for its metrics and all who watch, each part on its own: one that hangs keeps the others from nothing.
 */
export class NodeReadings {
  readonly startedAt = new Date();
  readonly history = new HistoryRing();
  readonly lag: Reading<Lag>;
  readonly unapplied: Reading<Unapplied>;
  readonly links: Reading<Links>;
  readonly drains: Reading<DrainsInDoubt[]>;
  readonly audit: Reading<AuditState>;
  readonly failures: Reading<Readonly<Record<string, string>>>;
  readonly arriving = new RateMeter();
  readonly applied = new RateMeter();
  readonly payOuts = new RateMeter();
  private watchers = 0;
  private awayTopics: readonly string[] = [];

  constructor(private readonly parts: NodeReadingsParts) {
    const { database, offsets, readiness, metrics, log } = parts;
    const intervalMs = (): number =>
      Math.min(parts.intervalMs, this.watchers > 0 ? WATCHED_INTERVAL_MS_MAX : INTERVAL_MS_MAX);
    const often = { intervalMs, log };
    const ofPayIns = { database, offsets, ...often };
    this.lag = lagReading(metrics, ofPayIns, (lag) => this.note(lag));
    this.unapplied = unappliedReading(metrics, ofPayIns);
    const reading = <T>(name: string, read: () => Promise<T>): Reading<T> =>
      new Reading(metrics, { name, read, ...often });
    this.links = reading('links', () => readLinks(database));
    this.drains = reading('drains_in_doubt', () => listDrainsInDoubt(database));
    this.audit = reading('audit', () => readAuditState(database));
    this.failures = reading('readiness', () => readiness.failures());
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

  private all(): Reading<unknown>[] {
    return [this.lag, this.unapplied, this.links, this.drains, this.audit, this.failures];
  }

  private note({ partitions, awayTopics }: Lag): void {
    this.noteTopics(awayTopics);
    let end = 0n;
    let stored = 0n;
    let messages = 0;
    let ageMs = 0;
    for (const lag of partitions) {
      end += lag.highWatermark;
      stored += lag.storedOffset;
      messages += lag.messages;
      ageMs = Math.max(ageMs, lag.ageMs);
    }
    this.arriving.note(end);
    this.applied.note(stored);
    this.payOuts.note(BigInt(this.parts.ownMetrics.payOutsMade));
    this.history.add({
      lag_seconds: ageMs / 1_000,
      lag_messages: messages,
      arriving: this.arriving.perSecond(),
      applied: this.applied.perSecond(),
      pay_outs: this.payOuts.perSecond(),
    });
  }

  /** Said in the log once each, and in /health/ready. */
  private noteTopics(away: Readonly<Record<string, string>>): void {
    const { log, readiness } = this.parts;
    readiness.notes = away;
    for (const [topic, reason] of Object.entries(away)) {
      if (this.awayTopics.includes(topic)) continue;
      log.warn({ topic, reason }, 'the lag of an upstream topic cannot be told; trying again');
    }
    const topics = Object.keys(away).sort();
    if (topics.join() === this.awayTopics.join()) return;
    this.awayTopics = topics;
    // What a topic brings with it, or takes away, has not arrived just now.
    this.arriving.restart();
    this.applied.restart();
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
