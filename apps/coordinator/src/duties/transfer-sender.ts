import { setTimeout as sleep } from 'node:timers/promises';
import {
  beginTransfers,
  deliverTransfers,
  markTransfersDelivered,
  type Caller,
} from '@billing/database';
import type { Log } from '@billing/observability';

export interface TransferSenderOptions {
  readonly batchMax: number;
  readonly timeoutMs: number;
  readonly log: Log;
}

// Of one visit to a node; what is left comes with the next, after a look at its replication.
const ROUNDS_MAX = 20;
// What replication has not shown the node yet is brought again at once; what takes longer, with the next visit, when the
// node asks for it (billing.take_transfers). Others wait for this one: its probe, its subscription.
const UNSEEN_PAUSES_MS = [10, 20, 40, 80, 160];

/**
 * Brings this node's transfers to another one: begin (local commit), deliver (the other node
 * commits), mark (local commit). Every step may be repeated, and a crash between two of them costs a
 * repetition only, so nothing is remembered here.
 */
export class TransferSender {
  constructor(private readonly options: TransferSenderOptions) {}

  /**
   * To be called for a node that has just answered: what is begun cannot be spent until it is there.
   * @returns whether there is more to send at once. @throws DatabaseError
   */
  async send(database: Caller, nodeId: number, stopping: AbortSignal): Promise<boolean> {
    const { batchMax, timeoutMs, log } = this.options;
    let unseenRounds = 0;
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      if (stopping.aborted) return false;
      const { begun, cancelled } = await beginTransfers(database, nodeId, batchMax);
      const delivery = await deliverTransfers(database, nodeId, batchMax, timeoutMs);
      if (cancelled > 0) log.info({ peer: nodeId, cancelled }, 'transfers no longer fit');
      if (delivery.status === 'unreachable' || delivery.status === 'unknown') {
        log.warn({ peer: nodeId, status: delivery.status, begun }, 'transfers wait for the node');
        return false;
      }
      if (delivery.status === 'delivered') {
        await markTransfersDelivered(database, delivery);
        const { delivered, refused } = delivery;
        log.debug({ peer: nodeId, delivered: delivered.length }, 'transfers delivered');
        if (refused.length > 0) {
          log.error({ peer: nodeId, refused: refused.slice(0, 10) }, 'a node refuses transfers');
        }
      }
      if (delivery.unseen.length > 0) {
        const pauseMs = UNSEEN_PAUSES_MS[unseenRounds];
        if (pauseMs === undefined) {
          log.warn(
            { peer: nodeId, unseen: delivery.unseen.length },
            'transfers wait for replication',
          );
          return false;
        }
        unseenRounds += 1;
        await sleep(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
        continue;
      }
      if (begun + cancelled === 0 && delivery.delivered.length === 0) return false;
    }
    return true;
  }
}
