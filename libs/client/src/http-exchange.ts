import { request as openPlain, type IncomingMessage } from 'node:http';
import { request as openOverTls } from 'node:https';

export interface ExchangeOptions {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly timeoutMs: number;
  /** In PEM, instead of the CAs that Node comes with: fetch takes none. */
  readonly ca?: string | undefined;
}

export interface Exchange {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** One request and its whole answer. @throws Error of the connection, TimeoutError */
export async function exchange(url: string, options: ExchangeOptions): Promise<Exchange> {
  const { method, headers, body, timeoutMs, ca } = options;
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const sent = { method, headers, signal };
      const request = url.startsWith('https:')
        ? openOverTls(url, { ...sent, ...(ca !== undefined && { ca }) }, resolve)
        : openPlain(url, sent, resolve);
      request.on('error', reject);
      request.end(body);
    });
    let text = '';
    for await (const chunk of answer.setEncoding('utf8')) text += chunk as string;
    return { status: answer.statusCode ?? 0, headers: toHeaders(answer), text };
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function toHeaders({ headersDistinct }: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(headersDistinct)) {
    for (const value of values) headers.append(name, value);
  }
  return headers;
}
