import { request } from 'node:https';

export interface TlsAsk {
  /** In PEM. */
  readonly ca: string;
  readonly method?: string;
  readonly token?: string;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Asks over TLS, believing that CA alone, which fetch cannot. */
export function askOverTls(
  url: string,
  { ca, method = 'GET', token, body, headers }: TlsAsk,
): Promise<{ readonly status: number; readonly text: string }> {
  const options = {
    ca,
    method,
    agent: false,
    headers: {
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
  };
  return new Promise((resolve, reject) => {
    const asked = request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    asked.on('error', reject);
    asked.end(body && JSON.stringify(body));
  });
}
