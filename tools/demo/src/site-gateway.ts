import {
  BillingClient,
  GatewayAnswerError,
  GatewaySilentError,
  NotBegunError,
  OutcomeUnknownError,
} from '@billing/client';
import { DemoError } from './demo.errors.js';
import { toHundredths } from './minor-units.js';
import { untilDone } from './retry.js';

export interface SiteGatewayOptions {
  readonly nodeId: number;
  readonly url: string;
  readonly datacenterName: string;
  readonly token: string;
  /** Whose certificates are believed, in PEM; undefined: those of Node's CAs. */
  readonly ca?: string | undefined;
  /** Told of an answer that did not come, and of one that came again. */
  readonly onTrouble: (reason: string) => void;
  readonly onWell: () => void;
}

/** An account as one node sees it, in hundredths. */
export interface SeenBalance {
  readonly total: bigint;
  /** By node id. */
  readonly parts: ReadonlyMap<number, bigint>;
  /** Set aside for pay-outs that are not through. */
  readonly reserved: bigint;
}

const requestTimeoutMs = 15_000;
const detailLengthMax = 300;
const retryableStatuses = new Set([429, 500, 502, 503, 504]);

class NoAnswer extends Error {}

/** One datacenter's gateway, asked again until it answers: another one's answer would not be what it sees. */
export class SiteGateway {
  private readonly client: BillingClient;

  constructor(private readonly options: SiteGatewayOptions) {
    const { nodeId, url, token, ca } = options;
    this.client = new BillingClient({
      datacenters: [{ nodeId, url }],
      token,
      ca,
      attemptTimeoutMs: requestTimeoutMs,
      // Whoever watches is told of each answer that does not come.
      giveUpMs: 0,
    });
  }

  /** The same key gives the same account, however often it is asked for. */
  async openAccount(
    username: string,
    currency: string,
    idempotencyKey: string,
  ): Promise<{ id: string; isNew: boolean }> {
    const { account, replayed } = await this.ask(`opening ${username}`, () =>
      this.client.openAccount({ username, currency }, idempotencyKey),
    );
    return { id: account.accountId, isNew: !replayed };
  }

  async readBalance(accountId: string): Promise<SeenBalance> {
    const { body } = await this.ask(`reading the balance of ${accountId}`, () =>
      this.client.balance(accountId, { after: '' }),
    );
    const { total, reserved, parts } = body;
    return {
      total: toHundredths(total),
      parts: new Map(parts.map((part) => [part.node, toHundredths(part.balance)])),
      reserved: toHundredths(reserved),
    };
  }

  private async ask<T>(what: string, act: () => Promise<T>): Promise<T> {
    const answer = await untilDone(
      {
        what: `${what} at ${this.options.datacenterName}`,
        isRetryable: (error) => error instanceof NoAnswer,
        onRetry: (error) => this.options.onTrouble(error.message),
      },
      () => act().catch((error: unknown) => Promise.reject(this.explain(what, error))),
    );
    this.options.onWell();
    return answer;
  }

  private explain(what: string, error: unknown): unknown {
    const isKeyed = error instanceof NotBegunError || error instanceof OutcomeUnknownError;
    const cause = isKeyed ? error.cause : error;
    if (cause instanceof GatewaySilentError) {
      return new NoAnswer('its gateway does not answer', { cause });
    }
    if (!(cause instanceof GatewayAnswerError)) return error;
    const { status, detail, text } = cause;
    const said = `answers ${status}: ${(detail ?? text).slice(0, detailLengthMax)}`;
    // An account may be unknown for a moment: its row is still replicating.
    const mayPass = retryableStatuses.has(status) || status === 404;
    if (mayPass) return new NoAnswer(`its gateway ${said}`, { cause });
    const { datacenterName } = this.options;
    return new DemoError('REFUSED', `${what}: ${datacenterName}'s gateway ${said}`);
  }
}
