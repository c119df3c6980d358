import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Metrics } from './metrics.js';

/** What is not usable now, by name; empty when the process can do its work. See `checkReadiness`. */
export type ReadinessCheck = () => Promise<Readonly<Record<string, string>>>;

/** What waits for somebody to mend it, by name, and keeps the process from nothing else. Asks nobody. */
export type ReadinessNotes = () => Readonly<Record<string, string>>;

/** In PEM. */
export interface ManagementServerTls {
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** A stop waits for a handshake under way. */
const HANDSHAKE_TIMEOUT_MS = 2_000;
const READY_DEADLINE_MS = 1_500;

/**
 * `/health/live`, `/health/ready` and `/metrics` of an app, on its management port: whoever reaches it needs no
 * token. Live: 200 as soon as it listens. Ready: 200, or 503 naming what is not usable; both with the notes.
 */
export class ManagementServer {
  private readonly server: Server;

  constructor(
    private readonly check: ReadinessCheck,
    private readonly metrics: Metrics,
    tls?: ManagementServerTls,
    private readonly notes: ReadinessNotes = () => ({}),
  ) {
    const answer = (request: IncomingMessage, response: ServerResponse): void => {
      void this.answer(request.url ?? '/', response);
    };
    this.server =
      tls === undefined
        ? createServer(answer)
        : createTlsServer({ ...tls, handshakeTimeout: HANDSHAKE_TIMEOUT_MS }, answer);
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, resolve);
    });
    return (this.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async answer(url: string, response: ServerResponse): Promise<void> {
    if (url === '/health/live') return send(response, 200, { status: 'live' });
    if (url === '/metrics') return sendMetrics(response, this.metrics);
    if (url !== '/health/ready') return send(response, 404, { status: 'not found' });
    const failures = await this.check();
    const body = describeReadiness(failures, this.notes());
    return send(response, 'faults' in body ? 503 : 200, body);
  }
}

/** The body of `/health/ready`; with `faults` it is a 503. */
function describeReadiness(
  failures: Readonly<Record<string, string>>,
  notes: Readonly<Record<string, string>>,
): object {
  const isReady = Object.keys(failures).length === 0;
  return {
    ...(isReady ? { status: 'ready' } : { status: 'not ready', faults: failures }),
    ...(Object.keys(notes).length > 0 && { notes }),
  };
}

/** What an app leans on, by name; each says what is wrong with it, or undefined. */
export type ReadinessParts = Readonly<Record<string, () => Promise<string | undefined>>>;

/** Asks all parts at once. One that hangs or throws is a failure under its own name, and hides no other. */
export async function checkReadiness(
  parts: ReadinessParts,
): Promise<Readonly<Record<string, string>>> {
  const asked = Object.entries(parts).map(
    async ([name, check]) => [name, await answerOf(check)] as const,
  );
  const answers = await Promise.all(asked);
  return Object.fromEntries(
    answers.filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

async function answerOf(check: () => Promise<string | undefined>): Promise<string | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, READY_DEADLINE_MS, `no answer in ${READY_DEADLINE_MS} ms`);
  });
  try {
    return await Promise.race([check(), deadline]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  } finally {
    clearTimeout(timer);
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function sendMetrics(response: ServerResponse, metrics: Metrics): Promise<void> {
  try {
    const { contentType, text } = await metrics.expose();
    response.writeHead(200, { 'content-type': contentType }).end(text);
  } catch (error) {
    send(response, 500, { status: String(error) });
  }
}
