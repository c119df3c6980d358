import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { holdNode, KeptSession, type Database } from '@billing/database';
import { PeriodicTask } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

/** What only the holder does. Made anew for each holding. */
export interface HolderDuties {
  start(): void;
  stop(): Promise<void>;
}

export interface NodeHolderOptions<D extends HolderDuties> {
  /** Of its own: what its session holds ends with it, and no duty's calls hold up the heartbeat. */
  readonly database: Database;
  readonly intervalMs: number;
  readonly leaseMs: number;
  /** @param lease its number, for what two holders must not both do */
  readonly makeDuties: (lease: bigint) => D;
  readonly log: Log;
  readonly nowMs?: () => number;
}

/** The lease is over by this process's own clock, and was not renewed: another may hold the node. */
export class LeaseOverError extends Error {
  constructor() {
    super("the node's lease was not renewed in time: another coordinator may hold it");
    this.name = 'LeaseOverError';
  }
}

/**
 * Sees to it that one coordinator of a node does what must be done once: a lease in the node's own
 * database, renewed with each heartbeat, which ends with the connection that took it, or by itself.
 *
 * waiting -> holding   the lease was free: duties start
 * holding -> late      it was not renewed in time, as in a process that was frozen: duties call nothing
 * late -> holding      renewed after all: nobody else had come
 * any -> waiting       another one holds it, or the connection broke, or a renewal failed: duties stop
 *
 * For a moment two may believe to be the holder. Duties are made so that this harms nothing (ADR 23).
 */
export class NodeHolder<D extends HolderDuties> {
  private readonly task: PeriodicTask;
  private readonly name = `${hostname()}/${process.pid}/${randomUUID()}`;
  /** The lease ends with its connection. */
  private readonly session: KeptSession;
  private current: { readonly lease: bigint; readonly duties: D } | undefined;
  private heldUntilMs = -Infinity;

  constructor(private readonly options: NodeHolderOptions<D>) {
    this.session = new KeptSession(options.database);
    this.task = new PeriodicTask({
      intervalMs: options.intervalMs,
      run: () => this.renewOrTry(),
      onError: (error) => options.log.warn({ err: error }, 'the heartbeat failed; trying again'),
    });
  }

  /** Undefined while another coordinator, or none, holds the node. */
  get duties(): D | undefined {
    return this.isHeld() ? this.current?.duties : undefined;
  }

  /** For duties, before each call. @throws LeaseOverError */
  readonly assertHeld = (): void => {
    if (!this.isHeld()) throw new LeaseOverError();
  };

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    await this.task.stop();
    await this.giveUp();
  }

  private isHeld(): boolean {
    return this.nowMs() < this.heldUntilMs;
  }

  private async renewOrTry(): Promise<void> {
    const { leaseMs, log } = this.options;
    try {
      // Not on another connection as if it were the same one.
      if (this.session.isLost) await this.giveUp();
      // Before it is sent, so that it is over here before it is over there.
      const askedAtMs = this.nowMs();
      const number = this.current?.lease;
      const lease = await holdNode(this.session, { holder: this.name, number, leaseMs });
      if (lease === undefined) {
        if (this.current === undefined) return;
        log.warn('another coordinator has, or has had, the node');
        await this.giveUp();
        return;
      }
      this.heldUntilMs = askedAtMs + leaseMs;
      if (this.current === undefined) this.takeOver(lease);
    } catch (error) {
      await this.giveUp();
      throw error;
    }
  }

  private takeOver(lease: bigint): void {
    const duties = this.options.makeDuties(lease);
    this.current = { lease, duties };
    duties.start();
    this.options.log.info({ lease: lease.toString() }, 'this coordinator holds the node');
  }

  private async giveUp(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    this.heldUntilMs = -Infinity;
    // The lease goes first: whoever takes it next need not wait for our duties to end.
    this.session.drop();
    if (current === undefined) return;
    await current.duties.stop();
    this.options.log.info('this coordinator no longer holds the node');
  }

  private nowMs(): number {
    return this.options.nowMs?.() ?? performance.now();
  }
}
