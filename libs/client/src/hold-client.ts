import { createIdempotencyKey, homeOfKey, nodeOfPayOut } from '@billing/contracts';
import type { Datacenters, Place } from './datacenters.js';
import type { OwnPositions } from './own-positions.js';
import type { PayOutOrder } from './pay-out-client.js';

/** As `POST /v1/holds` has it (docs/api.md). */
export interface HoldOrder extends PayOutOrder {
  /** Default: the datacenter's, a week. */
  readonly heldForMs?: number;
}

export interface HoldPart {
  readonly node: number;
  readonly amount: string;
  readonly captured: string;
  /** Asked for by captures, and not answered yet. */
  readonly unknown: string;
  readonly held: string;
  readonly returned: string;
}

export interface Hold extends Omit<HoldPart, 'node'> {
  readonly holdId: string;
  readonly accountId: string;
  readonly currency: string;
  readonly status: 'pending' | 'rejected' | 'open' | 'voided' | 'over';
  readonly parts: readonly HoldPart[];
  readonly createdAt: string;
  readonly heldUntil?: string;
  /** Of its captures; undefined: nothing. */
  readonly refunded?: string;
}

export interface CaptureOrder {
  /** In major units, "12.50". */
  readonly amount: string;
  readonly currency: string;
  readonly reference?: string;
  readonly metadata?: object;
}

export interface Capture {
  readonly captureId: string;
  /** Paid, for good. */
  readonly captured: string;
  /** Of datacenters that have not answered: the same call under the same key tells, later. */
  readonly unknown: string;
  /** Asked of parts whose time was over: not paid. */
  readonly over: string;
  /** Of this capture; undefined: nothing. */
  readonly refunded?: string;
  readonly hold: Hold;
}

export interface CaptureRefund {
  readonly refundId: string;
  readonly holdId: string;
  readonly captureId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  /** Of the capture by now; what remains is confirmed as captured. */
  readonly refunded: string;
  readonly remaining: string;
  readonly createdAt: string;
}

export interface Voided {
  readonly returned: string;
  readonly unknown: string;
  readonly hold: Hold;
}

export interface Extended {
  /** Null: it has not answered, or holds nothing any more. */
  readonly parts: readonly { readonly node: number; readonly heldUntil: string | null }[];
  readonly hold: Hold;
}

/** What a datacenter answered, under which key. */
export interface HoldAnswer<T> {
  readonly answer: T;
  readonly position: string | undefined;
  /** An earlier attempt had done it. */
  readonly replayed: boolean;
  readonly idempotencyKey: string;
  readonly heardBy: number;
}

/**
 * Amounts that are held and captured later (docs/holds.md), through whichever datacenter answers: a hold's home is that of
 * the key that it is authorised under, and every key of what is done on it has the same. A key is never changed for another.
 */
export class HoldClient {
  constructor(
    private readonly datacenters: Datacenters,
    private readonly written: Pick<OwnPositions, 'add'>,
  ) {}

  /**
   * @param idempotencyKey made by `createKey` of the billing client, whose datacenter is the hold's home. Default: a new one
   *   of the nearest
   * @throws GatewayAnswerError it is refused, and will be again; NotBegunError, OutcomeUnknownError: the same call under the
   *   error's key is safe
   */
  authorise(
    order: HoldOrder,
    idempotencyKey = createIdempotencyKey(this.datacenters.nearest.nodeId),
  ): Promise<HoldAnswer<Hold>> {
    const home = homeOfKey(idempotencyKey);
    if (home === undefined) throw new TypeError('the key of a hold names its home: createKey()');
    const { attemptDeadlineMs: deadlineMs } = this.datacenters;
    return this.send(home, '/v1/holds', { ...order, deadlineMs }, idempotencyKey);
  }

  /** Of an operation on a hold, to be kept before it is used. @throws TypeError it is no id of a hold */
  createKey(holdId: string): string {
    return createIdempotencyKey(homeOfHold(holdId));
  }

  /** @throws as `authorise` */
  capture(
    holdId: string,
    order: CaptureOrder,
    idempotencyKey?: string,
  ): Promise<HoldAnswer<Capture>> {
    return this.operate(holdId, 'capture', order, idempotencyKey);
  }

  /**
   * Gives back a part of a capture, never more than is confirmed of it.
   * @throws as `authorise`; GatewayAnswerError `in-progress`, too, while a datacenter has not answered the capture
   */
  refund(
    { holdId, captureId }: Pick<CaptureRefund, 'holdId' | 'captureId'>,
    order: CaptureOrder,
    idempotencyKey?: string,
  ): Promise<HoldAnswer<CaptureRefund>> {
    const act = `captures/${encodeURIComponent(captureId)}/refunds`;
    return this.operate(holdId, act, order, idempotencyKey);
  }

  /** @throws as `authorise` */
  void(holdId: string, idempotencyKey?: string): Promise<HoldAnswer<Voided>> {
    return this.operate(holdId, 'void', {}, idempotencyKey);
  }

  /** Later, never earlier. @param heldForMs from now on. @throws as `authorise` */
  extend(
    holdId: string,
    heldForMs: number,
    idempotencyKey?: string,
  ): Promise<HoldAnswer<Extended>> {
    return this.operate(holdId, 'extend', { heldForMs }, idempotencyKey);
  }

  private operate<T>(
    holdId: string,
    act: string,
    body: object,
    idempotencyKey = this.createKey(holdId),
  ): Promise<HoldAnswer<T>> {
    const path = `/v1/holds/${encodeURIComponent(holdId)}/${act}`;
    return this.send(homeOfHold(holdId), path, body, idempotencyKey);
  }

  /** The home first: it decides without asking anybody. */
  private send<T>(
    home: number,
    path: string,
    body: object,
    idempotencyKey: string,
  ): Promise<HoldAnswer<T>> {
    const ask = async ({ gateway, nodeId }: Place): Promise<HoldAnswer<T>> => {
      const { body: answer, headers } = await gateway.ask<T>({
        method: 'POST',
        path,
        body,
        idempotencyKey,
      });
      const replayed = headers.get('idempotency-replayed') === 'true';
      const position = headers.get('billing-position') ?? undefined;
      this.written.add(position);
      return { answer, position, replayed, idempotencyKey, heardBy: nodeId };
    };
    return this.datacenters.once(idempotencyKey, this.datacenters.from(home), ask);
  }
}

function homeOfHold(holdId: string): number {
  const home = nodeOfPayOut(holdId.toLowerCase());
  if (home !== undefined) return home;
  throw new TypeError(`${holdId} is no id of a hold`);
}
