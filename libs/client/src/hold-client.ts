import { createIdempotencyKey, homeOfKey, nodeOfPayOut } from '@billing/contracts';
import type { Datacenters, Place } from './datacenters.js';
import type {
  Capture,
  CaptureOrder,
  CaptureRefund,
  ExtendedHold,
  Hold,
  HoldOrder,
  VoidedHold,
} from './generated/openapi.js';
import type { OwnPositions } from './own-positions.js';

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
    order: Omit<HoldOrder, 'deadlineMs'>,
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
  void(holdId: string, idempotencyKey?: string): Promise<HoldAnswer<VoidedHold>> {
    return this.operate(holdId, 'void', {}, idempotencyKey);
  }

  /** Later, never earlier. @param heldForMs from now on. @throws as `authorise` */
  extend(
    holdId: string,
    heldForMs: number,
    idempotencyKey?: string,
  ): Promise<HoldAnswer<ExtendedHold>> {
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
