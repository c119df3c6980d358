import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export interface PeerAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Stands where a datacenter's gateway should: what it is asked is kept, and what it says may be anything. */
export class RecordingPeer {
  /** Undefined: it says nothing at all. */
  answer: (() => PeerAnswer) | undefined = () => ({ status: 404, headers: {}, body: '' });
  private asked: Asked[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<RecordingPeer> {
    const server = createServer();
    const peer = new RecordingPeer(server);
    server.on('request', (incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const { method = '', url = '', headers } = incoming;
        // The gateway asks that by itself.
        if (!url.startsWith('/v1/operations/node')) {
          peer.asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
        }
        const answer = peer.answer?.();
        if (answer === undefined) return;
        outgoing.writeHead(answer.status, answer.headers);
        outgoing.write(answer.body);
        if (answer.headers['content-length'] === undefined) outgoing.end();
        else setTimeout(() => outgoing.destroy(), 100);
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return peer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What it was asked since it was looked at last. */
  taken(): Asked[] {
    return this.asked.splice(0);
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** Of a path exactly as it is written: fetch would tidy it up first. */
export async function rawStatus(
  url: string,
  method: string,
  path: string,
  headers: Record<string, string>,
): Promise<number> {
  const { hostname, port } = new URL(url);
  const outgoing = request({ hostname, port, method, path, headers });
  outgoing.end();
  const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage];
  incoming.resume();
  return incoming.statusCode ?? 0;
}
