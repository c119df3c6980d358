import pLimit, { type LimitFunction } from 'p-limit';
import { replicationStatus, reserveAtNodes, type Database, type Session } from '@billing/database';
import { PeriodicTask } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

export interface PeerSessionsOptions {
  readonly database: Database;
  /** What they are for, as errors name it. */
  readonly purpose: string;
  /** In use at once, and kept; who comes then waits for one. */
  readonly sessionsMax: number;
  readonly nodeId: number;
  /** How long a node has to show that it answers. */
  readonly timeoutMs: number;
  /** One more session can be used. */
  readonly onMore?: () => void;
  readonly log: Log;
}

const REFRESH_INTERVAL_MS = 5_000;
const NO_ATTEMPT = '00000000-0000-0000-0000-000000000000';

/**
 * PostgreSQL sessions that keep dblink connections to the other nodes: making one costs several round
 * trips across the WAN, so no call should wait for that. A spare one is warmed as soon as the last idle
 * one is taken, up to the bound; and idle ones are looked at in turn, so that connections that died
 * with a node are back before a call needs them. No KeptSessions: these are a pool, of which a call takes one that
 * is warm, and a broken one leaves the pool rather than being made anew in a call's time.
 *
 * warming -> idle <-> in use;  any -> closed, when it is lost
 */
export class PeerSessions {
  private readonly idle: Session[] = [];
  private readonly refresher: PeriodicTask;
  private readonly limitUses: LimitFunction;
  private inUse = 0;
  private readonly used = new Set<Session>();
  /** Being made warm, or looked after. */
  private readonly touched = new Set<Session>();
  private warming: Promise<void> | undefined;
  private isStopping = false;

  constructor(private readonly options: PeerSessionsOptions) {
    this.limitUses = pLimit(options.sessionsMax);
    this.refresher = new PeriodicTask({
      intervalMs: REFRESH_INTERVAL_MS,
      run: () => this.refresh(),
      onError: (error) =>
        options.log.warn({ err: error }, 'no connections to other nodes are kept'),
    });
  }

  /** How many rounds can be under way; at least one, which makes its session itself. */
  get callsMax(): number {
    return Math.max(1, this.idle.length + this.inUse);
  }

  start(): void {
    this.refresher.start();
  }

  /** What is still asked is cut off: its caller hears so. */
  async stop(): Promise<void> {
    this.isStopping = true;
    // Cut off: one that waits for a silent node need not be waited for.
    for (const session of [...this.touched, ...this.used, ...this.idle.splice(0)]) {
      session.release(true);
    }
    await Promise.all([this.refresher.stop(), this.warming]);
  }

  /** @throws DatabaseError, and what the work threw: then the session is closed */
  use<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.limitUses(() => this.useOne(work));
  }

  private async useOne<T>(work: (session: Session) => Promise<T>): Promise<T> {
    if (this.isStopping) throw new Error('no more sessions are wanted');
    this.inUse += 1;
    let session: Session | undefined;
    try {
      session = this.takeIdle();
      this.keepOneSpare();
      session ??= await this.options.database.connect(this.options.purpose);
      this.used.add(session);
      const result = await work(session);
      // One that was warmed meanwhile has its place.
      if (!this.isStopping && this.count <= this.options.sessionsMax) {
        this.used.delete(session);
        this.idle.push(session);
        session = undefined;
      }
      return result;
    } finally {
      if (session !== undefined) {
        this.used.delete(session);
        session.release(true);
      }
      this.inUse -= 1;
    }
  }

  private get count(): number {
    return this.idle.length + this.inUse + this.touched.size;
  }

  /** The one used last: the others stay warm by the refresher. */
  private takeIdle(): Session | undefined {
    for (let session = this.idle.pop(); session !== undefined; session = this.idle.pop()) {
      if (!session.isLost) return session;
      session.release(true);
    }
    return undefined;
  }

  private keepOneSpare(): void {
    if (this.idle.length > 0 || this.warming !== undefined || this.isStopping) return;
    if (this.count >= this.options.sessionsMax) return;
    this.warming = this.warmOne()
      .catch((error: unknown) => {
        if (this.isStopping) return;
        this.options.log.warn(
          { err: error },
          'a session with connections to other nodes could not be made',
        );
      })
      .finally(() => (this.warming = undefined));
  }

  private async warmOne(): Promise<void> {
    const session = await this.options.database.connect(this.options.purpose);
    await this.touch(session);
    this.idle.unshift(session);
    this.options.onMore?.();
  }

  private async refresh(): Promise<void> {
    const session = this.idle.shift();
    if (session === undefined) {
      this.keepOneSpare();
      return;
    }
    await this.touch(session);
    this.idle.push(session);
    this.options.onMore?.();
  }

  /** @throws DatabaseError; then, and when all is to stop, the session is closed */
  private async touch(session: Session): Promise<void> {
    this.touched.add(session);
    try {
      await this.askForNothing(session);
      if (this.isStopping) throw new Error('no more sessions are wanted');
    } catch (error) {
      session.release(true);
      throw error;
    } finally {
      this.touched.delete(session);
    }
  }

  /**
   * Makes or tries the session's connection to each other node that is not known to be silent. It asks
   * to set nothing aside, for no attempt and of no account: that makes connections and the plans at
   * both ends, so that a drain finds them made.
   */
  private async askForNothing(session: Session): Promise<void> {
    const { nodeId: coordinatorNodeId, timeoutMs } = this.options;
    const peers = await replicationStatus(session);
    const nothing = {
      attemptId: NO_ATTEMPT,
      round: 1,
      accountId: 0n,
      payOutId: NO_ATTEMPT,
      coordinatorNodeId,
      wantedMinor: 0n,
      deadlineAt: new Date(Date.now() + timeoutMs).toISOString(),
    };
    const requests = peers.map(({ nodeId }) => ({ ...nothing, nodeId }));
    await reserveAtNodes(session, requests, timeoutMs);
  }
}
