import {
  GatewayAnswerError,
  GatewayClient,
  GatewaySilentError,
  type GatewayAnswer,
  type GatewayRequest,
} from '@billing/client';
import { DemoError } from './demo.errors.js';
import { toHundredths } from './minor-units.js';
import { untilDone } from './retry.js';

export interface SiteGatewayOptions {
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

interface BalanceBody {
  readonly total: string;
  readonly reserved: string;
  readonly parts: readonly { readonly node: number; readonly balance: string }[];
}

const requestTimeoutMs = 15_000;
const detailLengthMax = 300;
const retryableStatuses = new Set([429, 500, 502, 503, 504]);

class NoAnswer extends Error {}

/** One datacenter's gateway, asked again until it answers. */
export class SiteGateway {
  private readonly client: GatewayClient;

  constructor(private readonly options: SiteGatewayOptions) {
    const { url, token, ca } = options;
    this.client = new GatewayClient({ url, token, timeoutMs: requestTimeoutMs, ca });
  }

  /** The same key gives the same account, however often it is asked for. */
  async openAccount(
    username: string,
    currency: string,
    idempotencyKey: string,
  ): Promise<{ id: string; isNew: boolean }> {
    const { headers, body } = await this.ask<{ id: string }>(`opening ${username}`, {
      method: 'POST',
      path: '/v1/accounts',
      body: { username, currency },
      idempotencyKey,
    });
    return { id: body.id, isNew: headers.get('idempotency-replayed') !== 'true' };
  }

  async readBalance(accountId: string): Promise<SeenBalance> {
    const path = `/v1/accounts/${accountId}/balance`;
    const what = `reading the balance of ${accountId}`;
    const { body } = await this.ask<BalanceBody>(what, { method: 'GET', path });
    const { total, reserved, parts } = body;
    return {
      total: toHundredths(total),
      parts: new Map(parts.map((part) => [part.node, toHundredths(part.balance)])),
      reserved: toHundredths(reserved),
    };
  }

  private async ask<T>(what: string, request: GatewayRequest): Promise<GatewayAnswer<T>> {
    const answer = await untilDone(
      {
        what: `${what} at ${this.options.datacenterName}`,
        isRetryable: (error) => error instanceof NoAnswer,
        onRetry: (error) => this.options.onTrouble(error.message),
      },
      () => this.askOnce<T>(what, request),
    );
    this.options.onWell();
    return answer;
  }

  private async askOnce<T>(what: string, request: GatewayRequest): Promise<GatewayAnswer<T>> {
    try {
      return await this.client.ask<T>(request);
    } catch (error) {
      if (error instanceof GatewaySilentError) {
        throw new NoAnswer('its gateway does not answer', { cause: error });
      }
      if (!(error instanceof GatewayAnswerError)) throw error;
      const { status } = error;
      const said = `answers ${status}: ${(error.detail ?? error.text).slice(0, detailLengthMax)}`;
      // An account may be unknown for a moment: its row is still replicating.
      if (retryableStatuses.has(status) || status === 404)
        throw new NoAnswer(`its gateway ${said}`);
      const { datacenterName } = this.options;
      throw new DemoError('REFUSED', `${what}: ${datacenterName}'s gateway ${said}`);
    }
  }
}
