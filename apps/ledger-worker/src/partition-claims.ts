import { claimPartition, type Database, type PartitionClaim } from '@billing/database';
import type { KafkaBatchServer, PartitionWatermarks } from '@billing/kafka';
import type { Log } from '@billing/observability';

/** A claim as this worker uses it. */
export interface HeldClaim extends PartitionClaim {
  readonly logStart: bigint;
  /** The message before the first unstored one was looked at, so the log is the one we know. */
  lookedBack: boolean;
}

export interface PartitionClaimsOptions {
  readonly database: Database;
  readonly server: Pick<KafkaBatchServer, 'watermarks' | 'seek'>;
  readonly topic: string;
  readonly workerId: string;
  readonly log: Log;
  /** Told of every claim that finds the partition halted. */
  readonly onHalted: (partition: number, claim: PartitionClaim) => void;
}

/**
 * The claims of this worker, one a partition: absent -> claiming -> held -> forgotten.
 * A claim fences whoever held the partition before, so one is made only for partitions that the
 * group has assigned to this worker, anew after each assignment.
 */
export class PartitionClaims {
  private readonly claims = new Map<number, Promise<HeldClaim>>();
  /** Assigned to this worker, and not claimed because the broker or PostgreSQL did not answer. */
  private readonly unmade = new Set<number>();

  constructor(private readonly options: PartitionClaimsOptions) {}

  /**
   * Claims at once, so that a log that lies is found even if no message comes, and starts each
   * partition where PostgreSQL says, not Kafka. (A fetch may be under way already: what it brings is
   * judged in SQL all the same.) Never throws.
   */
  async assign(partitions: readonly number[]): Promise<void> {
    const { server, topic } = this.options;
    const watermarks = server.watermarks(topic);
    watermarks.catch(() => undefined);
    await Promise.all(
      partitions.map((partition) => {
        return this.keep(partition, this.claim(partition, watermarks)).then(
          (claim) => server.seek(topic, partition, lookBackOffset(claim) ?? claim.nextOffset),
          // Made again when a batch asks for it, or `isUnmade` is asked.
          (error: unknown) => {
            if (!this.unmade.has(partition)) {
              this.options.log.warn(
                { err: error, partition },
                'could not claim a partition; trying again every second',
              );
            }
            this.unmade.add(partition);
          },
        );
      }),
    );
  }

  /** It could not be claimed when it was assigned, and no batch has come since. */
  isUnmade(partition: number): boolean {
    return this.unmade.has(partition) && !this.claims.has(partition);
  }

  /** The claim of a partition if there is one, or one is being made. Never throws. */
  peek(partition: number): Promise<HeldClaim | undefined> {
    return Promise.resolve(this.claims.get(partition)).catch(() => undefined);
  }

  /** The claim of a partition, made now if there is none. @throws DatabaseError, KafkaJSError */
  of(partition: number): Promise<HeldClaim> {
    return (
      this.claims.get(partition) ??
      this.keep(
        partition,
        this.claim(partition, this.options.server.watermarks(this.options.topic)),
      )
    );
  }

  forget(partition: number): void {
    this.claims.delete(partition);
  }

  private keep(partition: number, claim: Promise<HeldClaim>): Promise<HeldClaim> {
    this.claims.set(partition, claim);
    claim.then(
      () => this.unmade.delete(partition),
      () => {
        if (this.claims.get(partition) === claim) this.claims.delete(partition);
      },
    );
    return claim;
  }

  private async claim(
    partition: number,
    watermarks: Promise<ReadonlyMap<number, PartitionWatermarks>>,
  ): Promise<HeldClaim> {
    const { database, topic, workerId } = this.options;
    const marks = (await watermarks).get(partition);
    if (marks === undefined) {
      throw new RangeError(`the broker does not know partition ${partition} of ${topic}`);
    }
    const claim = await claimPartition(database, { topic, partition, workerId, ...marks });
    if (claim.haltReason !== undefined) this.options.onHalted(partition, claim);
    return { ...claim, logStart: marks.logStart, lookedBack: false };
  }
}

/**
 * Where to look before the first batch of a claim: one message below the stored offset, whose outcome
 * tells a topic made anew (and refilled) from the one we know. Undefined: nothing to look at.
 */
export function lookBackOffset(claim: HeldClaim): bigint | undefined {
  const offset = claim.nextOffset - 1n;
  return offset >= claim.logStart && offset >= claim.acceptedOffset ? offset : undefined;
}
