import { KeptSession, markTold, tellDecisions, type Database } from '@billing/database';
import { PeriodicTask, UNTIL_TRIGGERED } from '@billing/lifecycle';
import type { Log } from '@billing/observability';
import { Alarm } from './alarm.js';

export interface DecisionTellerOptions {
  readonly nodeId: number;
  readonly database: Database;
  /** After a round that failed. */
  readonly intervalMs: number;
  readonly batchMax: number;
  readonly timeoutMs: number;
  readonly log: Log;
}

// Of one visit to a node, so that a stop need not wait for a long backlog.
const ROUNDS_MAX = 20;
const IDS_LOGGED_MAX = 10;

/**
 * Brings this node's decisions to one other node: tell (the other node commits), mark (local commit).
 * Both may be repeated; a crash between them costs a repetition only. A task and a session of its own,
 * which keeps its dblink connection: settling waits for no transfer and no silent neighbour.
 */
export class DecisionTeller {
  private readonly task: PeriodicTask;
  private readonly refusals: Alarm;
  private readonly session: KeptSession;

  constructor(private readonly options: DecisionTellerOptions) {
    const { nodeId, intervalMs, log } = options;
    this.refusals = new Alarm((facts) =>
      log.error(
        facts,
        'a node holds something else than decisions take from it; somebody must look',
      ),
    );
    this.session = new KeptSession(options.database);
    this.task = new PeriodicTask({
      intervalMs,
      run: (stopping) => this.tell(stopping),
      onError: (error) => {
        this.session.drop();
        log.warn({ err: error, peer: nodeId }, 'decisions were not told; trying again');
      },
    });
  }

  start(): void {
    this.task.start();
  }

  /** Something was decided, or is still to be told. */
  trigger(): void {
    this.task.trigger();
  }

  async stop(): Promise<void> {
    await this.task.stop();
    this.session.drop();
  }

  private async tell(stopping: AbortSignal): Promise<{ nextInMs: number }> {
    const { nodeId, batchMax, timeoutMs, log } = this.options;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      if (stopping.aborted) return UNTIL_TRIGGERED;
      const { status, told, refused } = await tellDecisions(
        this.session,
        nodeId,
        batchMax,
        timeoutMs,
      );
      if (refused.length > 0) {
        this.refusals.raise({ peer: nodeId, refused: refused.slice(0, IDS_LOGGED_MAX) });
      }
      if (told.length > 0) await markTold(this.session, nodeId, told);
      else if (status === 'unknown') log.warn({ peer: nodeId }, 'no answer to decisions');
      if (told.length + refused.length < batchMax || told.length === 0) return UNTIL_TRIGGERED;
    }
    return { nextInMs: 0 };
  }
}
