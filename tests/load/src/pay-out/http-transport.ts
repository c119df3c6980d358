import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { LoadOrder, LoadRequest, Transport } from './load-order.js';

const HEADERS_END = '\r\n\r\n';
const CREATED = 201;

type HttpTarget = Extract<LoadOrder['target'], { kind: 'http' }>;

/**
 * HTTP/1.1 over plain sockets, or TLS ones, one request at a time on each: a client of node:http would use as
 * much processor time as the server that it measures.
 */
export class HttpTransport implements Transport {
  private readonly connections: Connection[];
  private readonly url: URL;
  private readonly token: string | undefined;

  constructor({ url, token, ca }: HttpTarget, connections: number) {
    this.token = token;
    this.url = new URL(url);
    const { hostname, port } = this.url;
    this.connections = Array.from({ length: connections }, () => {
      return new Connection(hostname, Number(port), ca);
    });
  }

  async connect(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.open()));
  }

  send(slot: number, request: LoadRequest, done: (failure: string | undefined) => void): void {
    const { accountId, amount, key } = request;
    const body = `{"accountId":"${accountId}","amount":"${amount}","currency":"USD"}`;
    const authorization = this.token === undefined ? '' : `authorization: Bearer ${this.token}\r\n`;
    this.connections[slot]!.ask(
      `POST ${this.url.pathname} HTTP/1.1\r\nhost: ${this.url.host}\r\n${authorization}` +
        `idempotency-key: ${key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}` +
        HEADERS_END +
        body,
      done,
    );
  }

  close(): void {
    for (const connection of this.connections) connection.close();
  }
}

class Connection {
  private socket: Socket | undefined;
  private received = '';
  private done: ((failure: string | undefined) => void) | undefined;

  constructor(
    private readonly host: string,
    private readonly port: number,
    /** Undefined: in plain text. */
    private readonly ca: string | undefined,
  ) {}

  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      const { host, port, ca } = this;
      const socket = ca === undefined ? connect({ host, port }) : connectTls({ host, port, ca });
      socket.setNoDelay(true);
      socket.setEncoding('latin1');
      socket.once(ca === undefined ? 'connect' : 'secureConnect', () => resolve());
      socket.on('error', reject);
      socket.on('close', () => this.finish('connection closed'));
      socket.on('data', (data: string) => this.take(data));
      this.socket = socket;
    });
  }

  ask(message: string, done: (failure: string | undefined) => void): void {
    this.done = done;
    this.socket!.write(message, 'latin1');
  }

  close(): void {
    this.socket?.destroy();
  }

  private take(data: string): void {
    this.received += data;
    const headersEnd = this.received.indexOf(HEADERS_END);
    if (headersEnd < 0) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.received.slice(0, headersEnd + 2));
    if (length === null) return this.finish('an answer without content-length');
    if (this.received.length < headersEnd + HEADERS_END.length + Number(length[1])) return;
    const status = Number(this.received.slice('HTTP/1.1 '.length, 'HTTP/1.1 '.length + 3));
    const body = this.received.slice(headersEnd + HEADERS_END.length);
    this.received = '';
    this.finish(status === CREATED ? undefined : `${status} ${body.slice(0, 200)}`);
  }

  private finish(failure: string | undefined): void {
    const { done } = this;
    this.done = undefined;
    done?.(failure);
  }
}
