import { beat, tryHoldNode, type Database, type Session } from '@billing/database';
import { PeriodicTask } from '@billing/lifecycle';
import type { Log } from '@billing/observability';

/** What only the holder does. Made anew for each holding. */
export interface HolderDuties {
  start(): void;
  stop(): Promise<void>;
}

export interface NodeHolderOptions<D extends HolderDuties> {
  readonly database: Database;
  readonly intervalMs: number;
  readonly makeDuties: () => D;
  readonly log: Log;
}

/**
 * Sees to it that one coordinator of a node does what must be done once: an advisory lock on a
 * connection of its own, which carries the heartbeat too, so that losing it is noticed.
 *
 * waiting -> holding   the lock was free: duties start
 * holding -> waiting   the connection broke or the heartbeat failed: duties stop, then a new try
 *
 * For a moment two may believe to be the holder. Duties are made so that this harms nothing.
 */
export class NodeHolder<D extends HolderDuties> {
  private readonly task: PeriodicTask;
  private session: Session | undefined;
  private current: D | undefined;

  constructor(private readonly options: NodeHolderOptions<D>) {
    this.task = new PeriodicTask({
      intervalMs: options.intervalMs,
      run: () => this.beatOrTry(),
      onError: (error) => options.log.warn({ err: error }, 'the heartbeat failed; trying again'),
    });
  }

  /** Undefined while another coordinator, or none, holds the node. */
  get duties(): D | undefined {
    return this.current;
  }

  start(): void {
    this.task.start();
  }

  async stop(): Promise<void> {
    await this.task.stop();
    await this.giveUp();
  }

  private async beatOrTry(): Promise<void> {
    try {
      if (this.session?.isLost === true) await this.giveUp();
      this.session ??= await this.options.database.connect('node_holder');
      if (this.current === undefined && !(await tryHoldNode(this.session))) return;
      await beat(this.session);
      if (this.current === undefined) this.takeOver();
    } catch (error) {
      await this.giveUp();
      throw error;
    }
  }

  private takeOver(): void {
    this.current = this.options.makeDuties();
    this.current.start();
    this.options.log.info('this coordinator holds the node');
  }

  private async giveUp(): Promise<void> {
    const { session, current } = this;
    this.session = undefined;
    this.current = undefined;
    // The lock goes first: whoever takes it next need not wait for our duties to end.
    session?.release(true);
    if (current === undefined) return;
    await current.stop();
    this.options.log.info('this coordinator no longer holds the node');
  }
}
