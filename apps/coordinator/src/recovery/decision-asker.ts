import { askDecisions, closeReservations, type Caller } from '@billing/database';
import type { Log } from '@billing/observability';
import { Alarm } from './alarm.js';

export interface DecisionAskerOptions {
  readonly batchMax: number;
  readonly timeoutMs: number;
  readonly log: Log;
}

const IDS_LOGGED_MAX = 10;

/**
 * For money that this node holds past its deadline, when replication has not brought the decision:
 * asks the node that decides (which aborts what is still pending there), then closes here. This node
 * never ends a reservation by its own clock; one that its coordinator does not know is kept, because
 * that node may have been restored from a backup and yet get its own rows back from its peers.
 */
export class DecisionAsker {
  private readonly unknowns: Alarm;
  private readonly refusals: Alarm;

  constructor(private readonly options: DecisionAskerOptions) {
    const { log } = options;
    this.unknowns = new Alarm((facts) =>
      log.error(facts, 'a node does not know drains of its own; their reservations here are kept'),
    );
    this.refusals = new Alarm((facts) =>
      log.error(facts, 'decisions take something else than what is held here; somebody must look'),
    );
  }

  /** To be called for a node that has just answered. Never throws: transfers to it are due as well. */
  async ask(database: Caller, nodeId: number): Promise<void> {
    try {
      await this.askAndClose(database, nodeId);
    } catch (error) {
      const { log } = this.options;
      log.warn({ err: error, peer: nodeId }, 'decisions could not be asked for; trying again');
    }
  }

  private async askAndClose(database: Caller, nodeId: number): Promise<void> {
    const { batchMax, timeoutMs, log } = this.options;
    const { decided, unknown } = await askDecisions(database, nodeId, batchMax, timeoutMs);
    if (unknown.length > 0) {
      this.unknowns.raise({ peer: nodeId, attempts: unknown.slice(0, IDS_LOGGED_MAX) });
    }
    if (decided === undefined) return;
    const refused = await closeReservations(database, decided);
    if (refused.length > 0) {
      this.refusals.raise({ peer: nodeId, attempts: refused.slice(0, IDS_LOGGED_MAX) });
    }
    log.info({ peer: nodeId }, 'reservations past their deadline were closed');
  }
}
