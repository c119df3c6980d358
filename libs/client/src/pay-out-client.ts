import { createIdempotencyKey, homeOfKey } from '@billing/contracts';
import { GatewayAnswerError, NotBegunError, OutcomeUnknownError } from './client.errors.js';
import {
  Datacenters,
  isPassing,
  mayHaveArrived,
  type DatacentersOptions,
  type Place,
  type Rounds,
} from './datacenters.js';
import type { ChargeOrder, PayOut, PayOutOrder as AnyPayOutOrder } from './generated/openapi.js';

/** As `POST /v1/pay-outs` has it (docs/api.md). */
export interface PayOutOrder extends Omit<
  AnyPayOutOrder,
  'amount' | 'upTo' | 'minimum' | 'deadlineMs'
> {
  /** In major units, "12.50". */
  readonly amount: string;
}

/** The same of what there is, up to an amount; zero is an answer. */
export interface UpToOrder extends Omit<PayOutOrder, 'amount'> {
  readonly upTo: string;
  /** What there has to be, else it is refused; zero unless said. */
  readonly minimum?: string;
}

export interface PayOutAnswer {
  readonly payOut: PayOut;
  /** For `Billing-After` of a read at any datacenter (docs/positions.md); undefined: not known. */
  readonly position: string | undefined;
  /** An earlier attempt had made it. */
  readonly replayed: boolean;
  readonly idempotencyKey: string;
  /** The datacenter that answered. */
  readonly heardBy: number;
}

/** What is known of one pay-out while it is tried. */
interface Course {
  idempotencyKey: string;
  readonly isKeyOurs: boolean;
  readonly pauses: Rounds;
  /** Some attempt, of this call or of those before it, may have reached its home, and nobody has told what became of it. */
  isInDoubt: boolean;
}

/**
 * Pays out through whichever datacenter answers, once (docs/key-homes.md): the key names its home, which decides, so the same
 * key goes to the next datacenter when one is silent. One attempt at a time, never two side by side. Only where every
 * attempt under a key of its own is known not to have reached its home, it takes a new one, whose home is the datacenter that
 * said so.
 */
export class PayOutClient {
  private readonly datacenters: Datacenters;

  constructor(options: DatacentersOptions | Datacenters) {
    this.datacenters = options instanceof Datacenters ? options : new Datacenters(options);
  }

  /** A key to be kept before it is used, by callers who may end before they have their answer. */
  createKey(): string {
    return createIdempotencyKey(this.datacenters.nearest.nodeId);
  }

  /**
   * @param idempotencyKey of an earlier call, or made by `createKey`; one that names no home is sent to the nearest
   *   datacenter alone. Default: a new one
   * @param isInDoubt the key was sent before, and nobody has told what became of it
   * @throws GatewayAnswerError it is refused, and will be again; NotBegunError nothing of it was begun anywhere;
   *   OutcomeUnknownError nobody could say, or it was refused while an earlier attempt may still be on its way: the same call
   *   under the error's key tells
   */
  async payOut(
    order: PayOutOrder | UpToOrder | ChargeOrder,
    idempotencyKey?: string,
    isInDoubt = false,
  ): Promise<PayOutAnswer> {
    const course: Course = {
      idempotencyKey: idempotencyKey ?? this.createKey(),
      isKeyOurs: idempotencyKey === undefined,
      pauses: this.datacenters.beginRounds(),
      isInDoubt,
    };
    let places = this.placesFor(course.idempotencyKey);
    for (let turn = 0; ;) {
      const place = places[turn]!;
      try {
        return await this.ask(place, order, course.idempotencyKey);
      } catch (error) {
        this.judge(course, error);
        const isNewKey = isHomeAway(error) && course.isKeyOurs && !course.isInDoubt;
        if (isNewKey) {
          course.idempotencyKey = createIdempotencyKey(place.nodeId);
          places = this.placesFor(course.idempotencyKey);
        }
        turn = isNewKey ? 0 : (turn + 1) % places.length;
        if (turn === 0) await this.pause(course, error);
      }
    }
  }

  /** @throws what ends the call */
  private judge(course: Course, error: unknown): void {
    if (!isPassing(error)) {
      if (!course.isInDoubt && error instanceof GatewayAnswerError) throw error;
      throw new OutcomeUnknownError(course.idempotencyKey, { cause: error });
    }
    course.isInDoubt ||= mayHaveArrived(error);
  }

  /** The home first: it decides without asking anybody. */
  private placesFor(idempotencyKey: string): readonly Place[] {
    const home = homeOfKey(idempotencyKey);
    return home === undefined ? [this.datacenters.nearest] : this.datacenters.from(home);
  }

  private async ask(
    { gateway, nodeId }: Place,
    order: PayOutOrder | UpToOrder | ChargeOrder,
    idempotencyKey: string,
  ): Promise<PayOutAnswer> {
    const { body, headers } = await gateway.ask<PayOut>({
      method: 'POST',
      path: 'serviceId' in order ? '/v1/charges' : '/v1/pay-outs',
      body: { ...order, deadlineMs: this.datacenters.attemptDeadlineMs },
      idempotencyKey,
    });
    const replayed = headers.get('idempotency-replayed') === 'true';
    const position = headers.get('billing-position') ?? undefined;
    return { payOut: body, position, replayed, idempotencyKey, heardBy: nodeId };
  }

  /** Before all are asked again; not before a first new key. @throws when time is up */
  private async pause(course: Course, cause: unknown): Promise<void> {
    if (await course.pauses.pause(isHomeAway(cause))) return;
    if (course.isInDoubt) throw new OutcomeUnknownError(course.idempotencyKey, { cause });
    throw new NotBegunError(course.idempotencyKey, { cause });
  }
}

function isHomeAway(error: unknown): boolean {
  return error instanceof GatewayAnswerError && error.kind === 'home-unreachable';
}
