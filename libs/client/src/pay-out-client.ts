import { setTimeout as sleep } from 'node:timers/promises';
import { createIdempotencyKey, homeOfKey } from '@billing/contracts';
import {
  GatewayAnswerError,
  GatewaySilentError,
  NotBegunError,
  NoTokenError,
  OutcomeUnknownError,
} from './client.errors.js';
import { GatewayClient, type GatewayClientOptions } from './gateway-client.js';

export interface Datacenter {
  readonly nodeId: number;
  /** Of its gateway, without a slash at its end. */
  readonly url: string;
}

export interface PayOutClientOptions extends Pick<GatewayClientOptions, 'token' | 'ca'> {
  /** In order of nearness: the first is the home of new keys. */
  readonly datacenters: readonly [Datacenter, ...Datacenter[]];
  /** How long one datacenter has for its answer. Default 6 s. */
  readonly attemptTimeoutMs?: number;
  /** How long it is tried in all. Default 30 s. */
  readonly giveUpMs?: number;
}

/** As `POST /v1/pay-outs` has it (docs/api.md). */
export interface PayOutOrder {
  readonly accountId: string;
  /** In major units, "12.50". */
  readonly amount: string;
  readonly currency: string;
  readonly reference?: string;
  readonly metadata?: object;
  readonly drain?: 'any' | 'local_only';
}

export interface PaidOut {
  readonly payOutId: string;
  readonly accountId: string;
  readonly amount: string;
  readonly currency: string;
  readonly parts: readonly { readonly node: number; readonly amount: string }[];
  readonly createdAt: string;
  readonly decidedAt: string;
}

export interface PayOutAnswer {
  readonly payOut: PaidOut;
  /** For `Billing-After` of a read at any datacenter (docs/positions.md); undefined: not known. */
  readonly position: string | undefined;
  /** An earlier attempt had made it. */
  readonly replayed: boolean;
  readonly idempotencyKey: string;
  /** The datacenter that answered. */
  readonly heardBy: number;
}

interface Place {
  readonly nodeId: number;
  readonly gateway: GatewayClient;
}

/** What is known of one pay-out while it is tried. */
interface Course {
  idempotencyKey: string;
  readonly isKeyOurs: boolean;
  readonly endMs: number;
  /** Some attempt of this call may have reached its home, and nobody has told what became of it. */
  isInDoubt: boolean;
  rounds: number;
}

const ATTEMPT_TIMEOUT_MS = 6_000;
const GIVE_UP_MS = 30_000;
/** Of an attempt's time, what its way there and back has beside the deadline that is sent. */
const WAY_MS = 1_000;
const PAUSE_MIN_MS = 50;
const PAUSE_MAX_MS = 2_000;

/** A connection was never made. Others are said of one that stands, too. */
const unsentReasons: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);
/** Problems that say so of the attempt they answer. */
const unsentKinds: ReadonlySet<string> = new Set([
  'home-unreachable',
  'overloaded',
  'too-many-requests',
  'unavailable',
]);

/**
 * Pays out through whichever datacenter answers, once (docs/key-homes.md): the key names its home, which decides, so the same
 * key goes to the next datacenter when one is silent. One attempt at a time, never two side by side. Only where every
 * attempt under a key of its own is known not to have reached its home, it takes a new one, whose home is the datacenter that
 * said so.
 */
export class PayOutClient {
  private readonly places: readonly [Place, ...Place[]];
  private readonly attemptTimeoutMs: number;
  private readonly giveUpMs: number;

  constructor(options: PayOutClientOptions) {
    const { datacenters, token, ca } = options;
    this.attemptTimeoutMs = options.attemptTimeoutMs ?? ATTEMPT_TIMEOUT_MS;
    this.giveUpMs = options.giveUpMs ?? GIVE_UP_MS;
    const toPlace = ({ nodeId, url }: Datacenter): Place => ({
      nodeId,
      gateway: new GatewayClient({ url, token, ca, timeoutMs: this.attemptTimeoutMs }),
    });
    const [nearest, ...others] = datacenters;
    this.places = [toPlace(nearest), ...others.map(toPlace)];
  }

  /** A key to be kept before it is used, by callers who may end before they have their answer. */
  createKey(): string {
    return createIdempotencyKey(this.places[0].nodeId);
  }

  /**
   * @param idempotencyKey of an earlier call, or made by `createKey`; one that names no home is sent to the nearest
   *   datacenter alone. Default: a new one
   * @throws GatewayAnswerError it is refused, and will be again; NotBegunError nothing of it was begun anywhere;
   *   OutcomeUnknownError nobody could say, or it was refused while an earlier attempt may still be on its way: the same call
   *   under the error's key tells
   */
  async payOut(order: PayOutOrder, idempotencyKey?: string): Promise<PayOutAnswer> {
    const course: Course = {
      idempotencyKey: idempotencyKey ?? this.createKey(),
      isKeyOurs: idempotencyKey === undefined,
      endMs: performance.now() + this.giveUpMs,
      isInDoubt: false,
      rounds: 0,
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
    if (home === undefined) return [this.places[0]];
    const isHome = ({ nodeId }: Place): boolean => nodeId === home;
    return [...this.places.filter(isHome), ...this.places.filter((place) => !isHome(place))];
  }

  private async ask(
    { gateway, nodeId }: Place,
    order: PayOutOrder,
    idempotencyKey: string,
  ): Promise<PayOutAnswer> {
    const { body, headers } = await gateway.ask<PaidOut>({
      method: 'POST',
      path: '/v1/pay-outs',
      body: { ...order, deadlineMs: Math.max(1, this.attemptTimeoutMs - WAY_MS) },
      idempotencyKey,
    });
    const replayed = headers.get('idempotency-replayed') === 'true';
    const position = headers.get('billing-position') ?? undefined;
    return { payOut: body, position, replayed, idempotencyKey, heardBy: nodeId };
  }

  /** Before all are asked again: longer each time, by chance; not before a first new key. @throws when time is up */
  private async pause(course: Course, cause: unknown): Promise<void> {
    const { endMs, idempotencyKey, isInDoubt, rounds } = course;
    course.rounds += 1;
    const longestMs = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** rounds);
    const pauseMs = isHomeAway(cause) && rounds === 0 ? 0 : longestMs * (0.5 + Math.random() / 2);
    if (performance.now() + pauseMs >= endMs) {
      if (isInDoubt) throw new OutcomeUnknownError(idempotencyKey, { cause });
      throw new NotBegunError(idempotencyKey, { cause });
    }
    await sleep(pauseMs);
  }
}

/** Another attempt may end otherwise. */
function isPassing(error: unknown): boolean {
  if (error instanceof GatewayAnswerError) return error.retryable;
  return error instanceof GatewaySilentError || error instanceof NoTokenError;
}

function mayHaveArrived(error: unknown): boolean {
  if (error instanceof GatewayAnswerError) return !unsentKinds.has(error.kind ?? '');
  if (error instanceof NoTokenError) return false;
  return !(error instanceof GatewaySilentError && unsentReasons.has(error.reason));
}

function isHomeAway(error: unknown): boolean {
  return error instanceof GatewayAnswerError && error.kind === 'home-unreachable';
}
