import { stringifyJson } from '@billing/contracts';
import { GatewayAnswerError, GatewaySilentError, NoTokenError } from './client.errors.js';
import { exchange, type Exchange } from './http-exchange.js';

export interface GatewayClientOptions {
  /** Without a slash at its end. */
  readonly url: string;
  /** Or what gives the one that holds now. */
  readonly token: string | (() => string | Promise<string>);
  readonly timeoutMs: number;
  /** In PEM, instead of the CAs that Node comes with and NODE_EXTRA_CA_CERTS names. */
  readonly ca?: string | undefined;
}

export interface GatewayRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** Under which the same request may be sent again. */
  readonly idempotencyKey?: string | undefined;
  /** Positions that are to have arrived there before it is read (docs/positions.md). */
  readonly after?: string | undefined;
}

export interface GatewayAnswer<T> {
  /** Undefined where there is none (204). */
  readonly body: T;
  readonly headers: Headers;
}

/** One gateway's HTTP API, asked once: whether to ask again is the caller's to know. */
export class GatewayClient {
  constructor(private readonly options: GatewayClientOptions) {}

  /** @throws GatewaySilentError, GatewayAnswerError, NoTokenError */
  async ask<T>(request: GatewayRequest): Promise<GatewayAnswer<T>> {
    const { status, headers, text } = await this.send(request);
    if (status < 200 || status > 299) throw new GatewayAnswerError(status, text);
    const body = (text === '' ? undefined : JSON.parse(text)) as T;
    return { body, headers };
  }

  private async send(request: GatewayRequest): Promise<Exchange> {
    const { method, path, body, idempotencyKey, after } = request;
    const { url, token, timeoutMs, ca } = this.options;
    const authorization = `Bearer ${await readToken(token)}`;
    try {
      return await exchange(url + path, {
        method,
        headers: {
          authorization,
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
          ...(after !== undefined && { 'billing-after': after }),
        },
        body: body && stringifyJson(body),
        timeoutMs,
        ca,
      });
    } catch (error) {
      const { code, message } = error as { code?: string | number; message: string };
      const reason = typeof code === 'string' ? code : message;
      throw new GatewaySilentError(reason, { cause: error });
    }
  }
}

async function readToken(token: GatewayClientOptions['token']): Promise<string> {
  if (typeof token === 'string') return token;
  try {
    return await token();
  } catch (error) {
    throw new NoTokenError({ cause: error });
  }
}
