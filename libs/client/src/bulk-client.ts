import { GatewayAnswerError, GatewaySilentError } from './client.errors.js';
import { mayHaveArrived, type Datacenters } from './datacenters.js';
import type { BulkPayOutResult, ChargeOrder, PayOut } from './generated/openapi.js';
import type { OwnPositions } from './own-positions.js';
import type { PayOutAnswer, PayOutClient, PayOutOrder, UpToOrder } from './pay-out-client.js';

export interface BulkItem<Order extends PayOutOrder | UpToOrder | ChargeOrder> {
  readonly order: Order;
  /** Of an earlier bulk, or made by `createKey`. Default: a new one, which its result names. */
  readonly idempotencyKey?: string | undefined;
}

export interface BulkItemResult {
  /** Of the item, from 0. */
  readonly index: number;
  readonly idempotencyKey: string;
  /** Or why not, as `payOut` throws it: GatewayAnswerError, NotBegunError, OutcomeUnknownError. */
  readonly outcome: PayOutAnswer | Error;
}

type Items<Order extends PayOutOrder | UpToOrder | ChargeOrder> =
  AsyncIterable<BulkItem<Order>> | Iterable<BulkItem<Order>>;

interface KeyedItem {
  readonly index: number;
  readonly order: PayOutOrder | UpToOrder | ChargeOrder;
  readonly idempotencyKey: string;
}

/** In one request: what a gateway has under way of one bulk (PAY_OUT_BULK_IN_FLIGHT_MAX), so that each has its whole deadline. */
const ITEMS_AT_ONCE = 200;
/** Of those that are asked for again one by one. */
const AGAIN_AT_ONCE = 20;

/**
 * Pays many, a request for each 200, taken and answered as they come: no more of the items is read than is under way. What was not
 * answered, or may end otherwise when it is asked again, is asked for by itself, under its key, as `payOut` does.
 */
export class BulkClient {
  constructor(
    private readonly datacenters: Datacenters,
    private readonly payOutClient: PayOutClient,
    private readonly written: OwnPositions,
  ) {}

  /** @returns the result of each, in their order */
  payOuts(items: Items<PayOutOrder | UpToOrder>): AsyncGenerator<BulkItemResult> {
    return this.pay('/v1/pay-outs/bulk', items);
  }

  /** @returns the result of each, in their order */
  charges(items: Items<ChargeOrder>): AsyncGenerator<BulkItemResult> {
    return this.pay('/v1/charges/bulk', items);
  }

  private async *pay<Order extends PayOutOrder | UpToOrder | ChargeOrder>(
    path: string,
    items: Items<Order>,
  ): AsyncGenerator<BulkItemResult> {
    let index = 0;
    let chunk: KeyedItem[] = [];
    for await (const { order, idempotencyKey = this.payOutClient.createKey() } of items) {
      chunk.push({ index, order, idempotencyKey });
      index += 1;
      if (chunk.length < ITEMS_AT_ONCE) continue;
      yield* await this.payChunk(path, chunk);
      chunk = [];
    }
    if (chunk.length > 0) yield* await this.payChunk(path, chunk);
  }

  private async payChunk(path: string, chunk: readonly KeyedItem[]): Promise<BulkItemResult[]> {
    const firsts = await this.ask(path, chunk);
    const outcomes = [...firsts];
    const again = [...firsts.entries()].filter(([, first]) => isOpen(first));
    const askNext = async (): Promise<void> => {
      for (let next = again.shift(); next !== undefined; next = again.shift()) {
        const [i, first] = next;
        const { order, idempotencyKey } = chunk[i]!;
        outcomes[i] = await this.payOutClient
          .payOut(order, idempotencyKey, mayHaveArrived(first))
          .catch((error: unknown) => error as Error);
      }
    };
    await Promise.all(Array.from({ length: AGAIN_AT_ONCE }, askNext));
    for (const outcome of outcomes) {
      if (!(outcome instanceof Error)) this.written.add(outcome.position);
    }
    return chunk.map(({ index, idempotencyKey }, i) => ({
      index,
      idempotencyKey,
      outcome: outcomes[i]!,
    }));
  }

  /** Once, of the nearest. @returns for each item what came of it; the same of all when the request has no results */
  private async ask(
    path: string,
    chunk: readonly KeyedItem[],
  ): Promise<readonly (PayOutAnswer | Error)[]> {
    const { nearest, attemptDeadlineMs: deadlineMs } = this.datacenters;
    try {
      const { body } = await nearest.gateway.ask<BulkPayOutResult[]>({
        method: 'POST',
        path,
        body: chunk.map(({ order, idempotencyKey }) => ({ ...order, deadlineMs, idempotencyKey })),
      });
      return chunk.map(({ idempotencyKey }, i) => {
        const result = body[i];
        // Of one that has the rest, nothing from there on was taken, and it is answered as a whole.
        return result === undefined
          ? new GatewaySilentError('the answer ended before', {})
          : toOutcome(result, idempotencyKey, nearest.nodeId);
      });
    } catch (error) {
      return chunk.map(() => error as Error);
    }
  }
}

/** It may end otherwise, or nobody knows how it did. */
const isOpen = (outcome: PayOutAnswer | Error): boolean =>
  outcome instanceof GatewayAnswerError ? outcome.retryable : outcome instanceof Error;

function toOutcome(
  { status, body, replayed = false, position }: BulkPayOutResult,
  idempotencyKey: string,
  heardBy: number,
): PayOutAnswer | Error {
  if (status !== 201) return new GatewayAnswerError(status, JSON.stringify(body));
  return { payOut: body as PayOut, position, replayed, idempotencyKey, heardBy };
}
