import pLimit, { type LimitFunction } from 'p-limit';
import type { Client } from '@billing/auth';
import {
  formatDatacenter,
  NODE_ID_MAX,
  nodeOfPayOut,
  type Refunded,
  type RefundCaptureRequest,
  type RefundPayOutRequest,
} from '@billing/contracts';
import {
  handOverRefund,
  type Database,
  type RefundHandOver,
  type RefundOrder,
} from '@billing/database';
import { BillingError } from '../grpc/billing.errors.js';
import { tenantOf } from '../grpc/client-access.js';
import { homeUnknown, homeUnreachable, isOfAnotherVersion } from './home-failures.js';
import type { PeerSessions } from './peer-sessions.js';
import { notRefundable, toRefund, toRefundRefusal } from './refund-answers.js';
import { readCaptureRefund, readRefund } from './refund.request.js';

export interface RefundDeskOptions {
  readonly nodeId: number;
  readonly database: Database;
  /** To ask other nodes over. */
  readonly sessions: PeerSessions;
  /** How long another node has for its answer. */
  readonly peerTimeoutMs: number;
  /** Calls at once to one other node; of those that wait as well, more are refused. */
  readonly callsPerNodeMax: number;
  readonly openPerNodeMax: number;
}

const roleOf = ({ captureId }: RefundOrder): string =>
  captureId === undefined ? 'which keeps the pay-out' : 'which keeps the hold';

/**
 * Refunds: the node that keeps the pay-out, of a capture the hold, decides, whoever hears it (docs/refunds.md). Of a pay-out that was given back as a
 * duplicate it names the one that stands, whose node is asked under the same key; nothing is written at this node meanwhile.
 */
export class RefundDesk {
  private readonly limits = new Map<number, LimitFunction>();

  constructor(private readonly options: RefundDeskOptions) {}

  /** @throws BillingError, DatabaseError */
  refund(client: Client, request: RefundPayOutRequest): Promise<Refunded> {
    return this.make(readRefund({ id: client.id, tenant: tenantOf(client) }, request));
  }

  /** @throws BillingError, DatabaseError */
  refundCapture(client: Client, request: RefundCaptureRequest): Promise<Refunded> {
    return this.make(readCaptureRefund({ id: client.id, tenant: tenantOf(client) }, request));
  }

  private async make(asked: RefundOrder): Promise<Refunded> {
    let order = asked;
    // Each one names an earlier one, of another node.
    for (let turn = 0; turn < NODE_ID_MAX; turn += 1) {
      const { nodeId, verdict } = await this.ask(order);
      switch (verdict.status) {
        case 'refunded':
        case 'replayed':
          return {
            refund: toRefund(verdict.refund, order.currency),
            replayed: verdict.status === 'replayed',
            position: verdict.position ?? '',
          };
        case 'duplicate':
          order = { ...order, payOutId: verdict.duplicateOf };
          break;
        default:
          throw toRefundRefusal(order, nodeId, verdict);
      }
    }
    throw new TypeError('duplicates name each other in a circle');
  }

  private async ask(order: RefundOrder): Promise<Extract<RefundHandOver, { status: 'answered' }>> {
    const handOver = await this.handOver(order);
    switch (handOver.status) {
      case 'answered':
        return handOver;
      case 'failed': {
        const { nodeId, error } = handOver;
        throw isOfAnotherVersion(error)
          ? homeUnreachable(
              nodeId,
              'runs a version that takes none from here',
              error,
              roleOf(order),
            )
          : error;
      }
      case 'unreachable':
        throw homeUnreachable(handOver.nodeId, 'cannot be reached', undefined, roleOf(order));
      case 'unknown':
        throw homeUnknown(handOver.nodeId, undefined, roleOf(order));
      case 'no_such_node':
        throw notRefundable(order);
    }
  }

  private async handOver(order: RefundOrder): Promise<RefundHandOver> {
    const { nodeId: self, database, sessions, peerTimeoutMs } = this.options;
    const nodeId = nodeOfPayOut(order.payOutId);
    if (nodeId === undefined) return { status: 'no_such_node' };
    if (nodeId === self) return handOverRefund(database, order, peerTimeoutMs, true);
    const limit = this.limitOf(nodeId);
    if (limit.activeCount + limit.pendingCount >= this.options.openPerNodeMax) {
      throw new BillingError(
        'OVERLOADED',
        `too many refunds wait for ${formatDatacenter(nodeId)}; nothing was begun`,
      );
    }
    return limit(() =>
      sessions.use((session) => handOverRefund(session, order, peerTimeoutMs, false)),
    );
  }

  private limitOf(nodeId: number): LimitFunction {
    let limit = this.limits.get(nodeId);
    if (limit === undefined) {
      limit = pLimit(this.options.callsPerNodeMax);
      this.limits.set(nodeId, limit);
    }
    return limit;
  }
}
