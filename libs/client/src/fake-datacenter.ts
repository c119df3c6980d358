import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A success: 201, or 200 to a GET. */
export interface Success {
  readonly body: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Status and type of a problem. */
export type Refusal = `${number} ${string}`;

export type Said = 'paid' | 'silence' | 'closed' | Refusal | Success;

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly key: string;
  readonly after: string | undefined;
  readonly body: Record<string, unknown>;
  readonly token: string;
}

/** For specs: a datacenter that says what it is told to, in turn, the last for ever. */
export class FakeDatacenter {
  readonly asked: Asked[] = [];
  private readonly server: Server;
  private script: Said[] = [];

  constructor() {
    this.server = createServer((request, response) => void this.hear(request, response));
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  says(...script: Said[]): void {
    this.script = script;
    this.asked.length = 0;
  }

  get keys(): string[] {
    return this.asked.map(({ key }) => key);
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.server.close(resolve));
    this.server.closeAllConnections();
    await closed;
  }

  private async hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const said = this.script[Math.min(this.asked.length, this.script.length - 1)]!;
    const { method = '', url: path = '', headers } = request;
    this.asked.push({
      method,
      path,
      key: String(headers['idempotency-key']),
      after: headers['billing-after']?.toString(),
      body: JSON.parse(text || '{}') as Record<string, unknown>,
      token: String(headers.authorization),
    });
    if (said === 'silence') return;
    if (said === 'closed') {
      request.socket.destroy();
    } else if (said === 'paid') {
      response.setHeader('idempotency-replayed', 'true');
      response.writeHead(201).end('{"payOutId":"1"}');
    } else if (typeof said === 'object') {
      response.writeHead(method === 'GET' ? 200 : 201, said.headers).end(JSON.stringify(said.body));
    } else {
      const [status, kind] = said.split(' ');
      if (kind === 'garbled') {
        response.writeHead(201).end('{"payOutId":');
        return;
      }
      const retryable = Number(status) > 500 || kind === 'in-progress';
      const type = `/problems/${kind}`;
      response.writeHead(Number(status)).end(JSON.stringify({ type, retryable, detail: kind }));
    }
  }
}
