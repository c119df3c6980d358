import { setTimeout as sleep } from 'node:timers/promises';
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

export interface DatacentersOptions extends Pick<GatewayClientOptions, 'token' | 'ca'> {
  /** In order of nearness: the first is the home of new keys. */
  readonly datacenters: readonly [Datacenter, ...Datacenter[]];
  /** How long one datacenter has for its answer. Default 6 s. */
  readonly attemptTimeoutMs?: number;
  /** How long it is tried in all; 0: each datacenter is asked once. Default 30 s. */
  readonly giveUpMs?: number;
}

export interface Place {
  readonly nodeId: number;
  readonly gateway: GatewayClient;
}

const ATTEMPT_TIMEOUT_MS = 6_000;
/** Of an attempt's time, what its way there and back has beside the deadline that is sent. */
const WAY_MS = 1_000;
const GIVE_UP_MS = 30_000;
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

/** The gateways of all datacenters, in order of nearness. */
export class Datacenters {
  readonly places: readonly [Place, ...Place[]];
  /** What an attempt's request says as its own deadline. */
  readonly attemptDeadlineMs: number;
  private readonly giveUpMs: number;

  constructor(options: DatacentersOptions) {
    const { datacenters, token, ca } = options;
    const { attemptTimeoutMs = ATTEMPT_TIMEOUT_MS } = options;
    this.attemptDeadlineMs = Math.max(1, attemptTimeoutMs - WAY_MS);
    this.giveUpMs = options.giveUpMs ?? GIVE_UP_MS;
    const toPlace = ({ nodeId, url }: Datacenter): Place => ({
      nodeId,
      gateway: new GatewayClient({ url, token, ca, timeoutMs: attemptTimeoutMs }),
    });
    const [nearest, ...others] = datacenters;
    this.places = [toPlace(nearest), ...others.map(toPlace)];
  }

  get nearest(): Place {
    return this.places[0];
  }

  /** This one first. */
  from(nodeId: number): readonly Place[] {
    const isIt = (place: Place): boolean => place.nodeId === nodeId;
    return [...this.places.filter(isIt), ...this.places.filter((place) => !isIt(place))];
  }

  beginRounds(): Rounds {
    return new Rounds(performance.now() + this.giveUpMs);
  }

  /**
   * Asks one after the other, again and again, until one answers.
   * @param onPassing is told of what may end otherwise elsewhere or later
   * @throws GatewayAnswerError it is refused, and will be again; the last passing error when time is up
   */
  async firstAnswer<T>(
    places: readonly Place[],
    ask: (place: Place) => Promise<T>,
    onPassing: (error: unknown) => void = () => undefined,
  ): Promise<T> {
    const rounds = this.beginRounds();
    for (let turn = 0; ; turn = (turn + 1) % places.length) {
      try {
        return await ask(places[turn]!);
      } catch (error) {
        if (!isPassing(error)) throw error;
        onPassing(error);
        if (turn === places.length - 1 && !(await rounds.pause())) throw error;
      }
    }
  }

  /** Of an attempt that nobody answered, whether it may have arrived; what a later one is told then is not the end of it. */
  async once<T>(
    idempotencyKey: string,
    places: readonly Place[],
    ask: (place: Place) => Promise<T>,
  ): Promise<T> {
    let isInDoubt = false;
    try {
      return await this.firstAnswer(places, ask, (error) => {
        isInDoubt ||= mayHaveArrived(error);
      });
    } catch (cause) {
      if (isInDoubt) throw new OutcomeUnknownError(idempotencyKey, { cause });
      throw isPassing(cause) ? new NotBegunError(idempotencyKey, { cause }) : cause;
    }
  }
}

/** Rounds of attempts with pauses between them: longer each time, by chance. */
export class Rounds {
  private done = 0;

  constructor(private readonly endMs: number) {}

  /** @param isAtOnce the first round was none of waiting. @returns false when the time is up */
  async pause(isAtOnce = false): Promise<boolean> {
    const longestMs = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** this.done);
    const pauseMs = isAtOnce && this.done === 0 ? 0 : longestMs * (0.5 + Math.random() / 2);
    this.done += 1;
    if (performance.now() + pauseMs >= this.endMs) return false;
    await sleep(pauseMs);
    return true;
  }
}

/** Another attempt may end otherwise. */
export function isPassing(error: unknown): boolean {
  if (error instanceof GatewayAnswerError) return error.retryable;
  return error instanceof GatewaySilentError || error instanceof NoTokenError;
}

/** The datacenter may have begun it. */
export function mayHaveArrived(error: unknown): boolean {
  if (error instanceof GatewayAnswerError) return !unsentKinds.has(error.kind ?? '');
  if (error instanceof NoTokenError) return false;
  return !(error instanceof GatewaySilentError && unsentReasons.has(error.reason));
}
