import { handOverPayIns, type Caller } from '@billing/database';
import type { Log } from '@billing/observability';

export interface PayInForwarderOptions {
  /** In one call. */
  readonly batchMax: number;
  /** An account that a home does not know after this long is not coming. */
  readonly ageLimitMs: number;
  readonly timeoutMs: number;
  readonly log: Log;
}

/**
 * Hands pay-ins that this node's Kafka took to the node that is their home (docs/key-homes.md). A call may be repeated, and
 * a crash between the home's commit and this node's costs a repetition only, so nothing is remembered here.
 */
export class PayInForwarder {
  constructor(private readonly options: PayInForwarderOptions) {}

  /**
   * To be called for a node that has just answered.
   * @returns whether there is more to hand over at once. @throws DatabaseError
   */
  async forward(database: Caller, nodeId: number): Promise<boolean> {
    const { batchMax, ageLimitMs, timeoutMs, log } = this.options;
    const { status, forwarded, dead, waiting, code } = await handOverPayIns(
      database,
      nodeId,
      batchMax,
      ageLimitMs,
      timeoutMs,
    );
    if (status !== 'answered') {
      log.warn({ peer: nodeId, status, code }, 'pay-ins wait for their home');
      return false;
    }
    if (dead > 0) log.warn({ peer: nodeId, dead }, 'pay-ins that their home refuses: dead letters');
    log.debug({ peer: nodeId, forwarded, waiting }, 'pay-ins handed to their home');
    return forwarded + dead + waiting === batchMax && forwarded + dead > 0;
  }
}
