import { DemoError } from './demo.errors.js';
import { toHundredths } from './minor-units.js';
import { untilDone } from './retry.js';

export interface GatewayClientOptions {
  readonly url: string;
  readonly datacenterName: string;
  readonly token: string;
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
const retryableStatuses = new Set([429, 500, 502, 503, 504]);

class NoAnswer extends Error {}

/** One datacenter's gateway, asked again until it answers. */
export class GatewayClient {
  constructor(private readonly options: GatewayClientOptions) {}

  /** The same key gives the same account, however often it is asked for. */
  async openAccount(
    username: string,
    currency: string,
    idempotencyKey: string,
  ): Promise<{ id: string; isNew: boolean }> {
    const { headers, body } = await this.ask(`opening ${username}`, '/v1/accounts', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': idempotencyKey },
      body: JSON.stringify({ username, currency }),
    });
    const { id } = body as { id: string };
    return { id, isNew: headers.get('idempotency-replayed') !== 'true' };
  }

  async readBalance(accountId: string): Promise<SeenBalance> {
    const path = `/v1/accounts/${accountId}/balance`;
    const { body } = await this.ask(`reading the balance of ${accountId}`, path, { method: 'GET' });
    const { total, reserved, parts } = body as BalanceBody;
    return {
      total: toHundredths(total),
      parts: new Map(parts.map((part) => [part.node, toHundredths(part.balance)])),
      reserved: toHundredths(reserved),
    };
  }

  private async ask(
    what: string,
    path: string,
    init: RequestInit,
  ): Promise<{ headers: Headers; body: unknown }> {
    const answer = await untilDone(
      {
        what: `${what} at ${this.options.datacenterName}`,
        isRetryable: (error) => error instanceof NoAnswer,
        onRetry: (error) => this.options.onTrouble(error.message),
      },
      () => this.askOnce(what, path, init),
    );
    this.options.onWell();
    return answer;
  }

  private async askOnce(
    what: string,
    path: string,
    init: RequestInit,
  ): Promise<{ headers: Headers; body: unknown }> {
    const { url, token, datacenterName } = this.options;
    let response: Response;
    let text: string;
    try {
      response = await fetch(url + path, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...init.headers },
        signal: AbortSignal.timeout(requestTimeoutMs),
      });
      text = await response.text();
    } catch (error) {
      throw new NoAnswer('its gateway does not answer', { cause: error });
    }
    if (response.ok) return { headers: response.headers, body: JSON.parse(text) };
    // An account may be unknown for a moment: its row is still replicating.
    if (retryableStatuses.has(response.status) || response.status === 404) {
      throw new NoAnswer(`its gateway answers ${response.status}: ${detailOf(text)}`);
    }
    throw new DemoError(
      'REFUSED',
      `${what}: ${datacenterName}'s gateway answers ${response.status}: ${detailOf(text)}`,
    );
  }
}

function detailOf(text: string): string {
  try {
    return String((JSON.parse(text) as { detail?: unknown }).detail ?? text).slice(0, 300);
  } catch {
    return text.slice(0, 300);
  }
}
