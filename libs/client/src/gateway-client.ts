import { stringifyJson } from '@billing/contracts';
import { GatewayAnswerError, GatewaySilentError } from './client.errors.js';

export interface GatewayClientOptions {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string;
  readonly timeoutMs: number;
}

export interface GatewayRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Under which the same request may be sent again. */
  readonly idempotencyKey?: string | undefined;
}

export interface GatewayAnswer<T> {
  /** Undefined where there is none (204). */
  readonly body: T;
  readonly headers: Headers;
}

/** One gateway's HTTP API, asked once: whether to ask again is the caller's to know. */
export class GatewayClient {
  constructor(private readonly options: GatewayClientOptions) {}

  /** @throws GatewaySilentError, GatewayAnswerError */
  async ask<T>(request: GatewayRequest): Promise<GatewayAnswer<T>> {
    const { response, text } = await this.send(request);
    if (!response.ok) throw new GatewayAnswerError(response.status, text);
    const body = (text === '' ? undefined : JSON.parse(text)) as T;
    return { body, headers: response.headers };
  }

  private async send({ method, path, body, idempotencyKey }: GatewayRequest) {
    const { url, token, timeoutMs } = this.options;
    const content = body === undefined ? null : stringifyJson(body);
    try {
      const response = await fetch(url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        },
        body: content,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { response, text: await response.text() };
    } catch (error) {
      // fetch hides why behind "fetch failed".
      const cause = ((error as Error).cause ?? error) as {
        code?: string | number;
        message: string;
      };
      const reason = typeof cause.code === 'string' ? cause.code : cause.message;
      throw new GatewaySilentError(reason, { cause: error });
    }
  }
}
