import { randomUUID } from 'node:crypto';
import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import pLimit from 'p-limit';
import { fillPath, gatewayCalls } from './gateway-calls.js';
import { nastyJson, nastyTexts } from './nasty-values.js';
import { requestOf } from './url-clients.js';

/** One request, as it is written: nothing of it is made right on the way. */
export interface Trial {
  readonly method: string;
  readonly path: string;
  readonly body?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SweptGateway {
  readonly url: string;
  readonly token: string;
}

const AT_ONCE = 8;
const SHOWN_MAX = 10;
const PROBLEM = '"type":"/problems/';

/** Those whose answer blames the gateway, or is an error and no problem. */
export async function findFailures(
  gateway: SweptGateway,
  trials: readonly Trial[],
): Promise<unknown[]> {
  const agent = new (gateway.url.startsWith('https:') ? TlsAgent : Agent)({
    keepAlive: true,
    maxSockets: AT_ONCE,
  });
  const found: unknown[] = [];
  await pLimit(AT_ONCE).map(trials, async (trial) => {
    const { status, text } = await ask(gateway, trial, agent);
    if (status < 500 && (status < 400 || text.includes(PROBLEM))) return;
    found.push({ trial: JSON.stringify(trial).slice(0, 300), status, text });
  });
  agent.destroy();
  return found.slice(0, SHOWN_MAX);
}

function ask(
  gateway: SweptGateway,
  { method, path, body, headers }: Trial,
  agent: Agent,
): Promise<{ status: number; text: string }> {
  const about = {
    authorization: `Bearer ${gateway.token}`,
    'idempotency-key': randomUUID(),
    ...(body !== undefined && {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
    }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const sent = requestOf(gateway.url)(`${gateway.url}/`, { agent, method, path, headers: about });
    sent.on('error', reject).on('response', (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode!, text }));
    });
    sent.end(body);
  });
}

/** Every part of every path. */
export const pathTrials = (): Trial[] =>
  gatewayCalls.flatMap(({ method, path, parts = {}, body }) =>
    Object.keys(parts).flatMap((name) =>
      nastyTexts.map((value) => ({
        method,
        path: fillPath(path, { ...parts, [name]: value }),
        body: body && JSON.stringify(body),
      })),
    ),
  );

const oddQueries = [
  '__proto__=1',
  'constructor=1',
  'toString',
  '=',
  '&&',
  '%',
  '%zz=1',
  'limit=1&limit=2',
  'limit[]=1',
];

/** Every field of every query, of an account that there is. */
export const queryTrials = (accountId: string): Trial[] =>
  gatewayCalls
    .filter(({ method }) => method === 'GET')
    .flatMap(({ method, path, parts = {}, query = [] }) => {
      const url = fillPath(path, path.startsWith('/v1/accounts/') ? { id: accountId } : parts);
      // A list of accounts wants a name before it looks at anything else.
      const usual = query.includes('username') ? 'username=x&' : '';
      const named = query.flatMap((name) => nastyTexts.map((value) => `${name}=${value}`));
      return [...named, ...oddQueries].map((text) => ({ method, path: `${url}?${usual}${text}` }));
    });

/** Every field of every body, the bodies themselves, the fields of a correction, the items of a bulk. */
export const bodyTrials = (): Trial[] => [
  ...gatewayCalls.flatMap(({ method, path, parts = {}, body }) => {
    const url = fillPath(path, parts);
    return body === undefined
      ? []
      : changesOf(body).map((text) => ({ method, path: url, body: text }));
  }),
  ...correctionTrials(),
  ...nastyJson.map((value) => ({ method: 'POST', path: '/v1/pay-ins/bulk', body: `[${value}]` })),
];

function correctionTrials(): Trial[] {
  const { method, path, parts, body } = gatewayCalls.find((call) =>
    call.path.endsWith('/correct'),
  )!;
  const payIns = changesOf(body!['payIn'] as Record<string, unknown>);
  return payIns.map((payIn) => ({
    method,
    path: fillPath(path, parts!),
    body: `{"note":"x","payIn":${payIn}}`,
  }));
}

function changesOf(body: Readonly<Record<string, unknown>>): string[] {
  const changed = Object.keys(body).flatMap((name) =>
    nastyJson.map((value) => {
      const marked = JSON.stringify({ ...body, [name]: '@' });
      return marked.replace('"@"', () => value);
    }),
  );
  return [...changed, ...nastyJson];
}

const headerNames = [
  'accept',
  'accept-encoding',
  'authorization',
  'content-type',
  'cookie',
  'idempotency-key',
  'if-none-match',
  'range',
  'te',
  'upgrade',
  'x-request-id',
];
const headerValues = ['', ' ', 'x', '\xe9', 'x'.repeat(9_000), '\t', ', ,', '"', '0', '-1'];

export const headerTrials = (payOut: object): Trial[] =>
  headerNames.flatMap((name) =>
    headerValues.flatMap((value): Trial[] => {
      const headers = { [name]: value };
      return [
        { method: 'POST', path: '/v1/accounts', body: '{"username":"x"}', headers },
        { method: 'POST', path: '/v1/pay-outs', body: JSON.stringify(payOut), headers },
        { method: 'GET', path: '/v1/operations/node', headers },
      ];
    }),
  );
