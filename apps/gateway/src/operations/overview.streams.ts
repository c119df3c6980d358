import type { TokenVerifier } from '@billing/auth';
import { PeriodicTask } from '@billing/lifecycle';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { HttpProblem } from '../http/problem.js';
import type { Overview } from './overview.js';

const TICK_MS = 1_000;
/** Proxies close what is silent; a browser notices what is gone. */
const HEARTBEAT_MS = 5_000;
/** A token that is refused by now ends its stream. */
const VERIFY_MS = 30_000;

interface Stream {
  readonly response: ServerResponse;
  readonly authorization: string;
  readonly unwatch: () => void;
  lastText: string;
  wroteAtMs: number;
  verifiedAtMs: number;
  events: number;
}

/**
 * Consoles that are told what has changed, once a second, as server-sent events. Each event is a whole
 * snapshot, so that a stream that broke needs no history to go on.
 */
export class OverviewStreams {
  private readonly streams = new Set<Stream>();
  private readonly ticker: PeriodicTask;
  private isStopping = false;

  constructor(
    private readonly overview: Overview,
    private readonly verifier: TokenVerifier,
    private readonly streamsMax: number,
  ) {
    this.ticker = new PeriodicTask({
      intervalMs: TICK_MS,
      run: async () => {
        for (const stream of this.streams) await this.tell(stream);
      },
      onError: () => undefined,
    });
  }

  start(): void {
    this.ticker.start();
  }

  /** Ends every stream: they would keep the server from closing. */
  async stop(): Promise<void> {
    this.isStopping = true;
    for (const stream of this.streams) stream.response.end();
    this.streams.clear();
    await this.ticker.stop();
  }

  /** @throws HttpProblem overloaded when there are enough of them */
  async open(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    if (this.streams.size >= this.streamsMax) {
      throw new HttpProblem('overloaded', 'as many consoles as this gateway bears are open');
    }
    const authorization = request.headers.authorization ?? '';
    const first = await this.overview.ask(authorization);
    if (this.isStopping) throw HttpProblem.unavailable('this gateway is stopping');
    if (request.raw.destroyed) return;
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-request-id': request.id,
      connection: 'close',
    });
    const nowMs = Date.now();
    const stream: Stream = {
      response,
      authorization,
      unwatch: this.overview.readings.watch(),
      lastText: '',
      wroteAtMs: nowMs,
      verifiedAtMs: nowMs,
      events: 0,
    };
    this.streams.add(stream);
    response.on('error', () => undefined);
    response.on('close', () => {
      this.streams.delete(stream);
      stream.unwatch();
    });
    write(stream, first);
  }

  private async tell(stream: Stream): Promise<void> {
    const { response, authorization } = stream;
    // A browser that reads slowly gets fewer events, never a queue of them.
    if (response.writableNeedDrain || response.writableEnded) return;
    const nowMs = Date.now();
    if (nowMs - stream.verifiedAtMs >= VERIFY_MS) {
      stream.verifiedAtMs = nowMs;
      try {
        await this.verifier.verify(authorization);
      } catch {
        response.end();
        return;
      }
    }
    write(stream, this.overview.current(authorization));
  }
}

function write(stream: Stream, snapshot: object): void {
  const nowMs = Date.now();
  const text = JSON.stringify(snapshot);
  const sameText = withoutTimes(text);
  if (sameText === stream.lastText) {
    if (nowMs - stream.wroteAtMs < HEARTBEAT_MS) return;
    stream.response.write(': nothing new\n\n');
  } else {
    stream.events += 1;
    stream.lastText = sameText;
    stream.response.write(`id: ${stream.events}\nevent: snapshot\ndata: ${text}\n\n`);
  }
  stream.wroteAtMs = nowMs;
}

/** A snapshot is new when more than its time has changed. */
function withoutTimes(text: string): string {
  return text.replaceAll(/"(at|heartbeatAt)":"[^"]*"/g, '');
}
