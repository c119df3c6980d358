import { TokenRefusedError, type Client, type TokenVerifier } from '@billing/auth';
import { PeriodicTask } from '@billing/lifecycle';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import { ClientPlaces, type ClientPlacesOptions } from '../http/client-places.js';
import { HttpProblem } from '../http/http-problem.js';
import { viewerOf, type Overview, type Viewer } from './overview.js';

const TICK_MS = 1_000;
/** Proxies close what is silent; a browser notices what is gone. */
const HEARTBEAT_MS = 5_000;
/** A token whose key is no longer believed by now ends its stream; its own end is looked at every second. */
const VERIFY_MS = 30_000;
/** A browser that took nothing for so long is gone, or cannot be told anything that is new. */
const STALL_MAX_MS = 15_000;

interface Stream {
  readonly response: ServerResponse;
  readonly viewer: Viewer;
  readonly expiresAtMs: number;
  /** Gives back its place, and the readings their rest. */
  readonly release: () => void;
  lastText: string;
  wroteAtMs: number;
  verifiedAtMs: number;
  stalledAtMs: number | undefined;
  events: number;
}

/**
 * Consoles that are told what has changed, once a second, as server-sent events. Each event is a whole
 * snapshot, so that a stream that broke needs no history to go on.
 *
 * opening -> open -> ended: closed by the browser, or by this side when its token ends or is no longer
 * believed, when it is not read, or when the gateway stops.
 */
export class OverviewStreams {
  private readonly streams = new Set<Stream>();
  private readonly places: ClientPlaces;
  private readonly ticker: PeriodicTask;
  private isStopping = false;

  constructor(
    private readonly overview: Overview,
    private readonly verifier: TokenVerifier,
    bounds: Omit<ClientPlacesOptions, 'what'>,
  ) {
    this.places = new ClientPlaces({ ...bounds, what: 'consoles' });
    this.ticker = new PeriodicTask({
      intervalMs: TICK_MS,
      run: async () => {
        for (const stream of this.streams) this.tell(stream);
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
    for (const stream of this.streams) this.end(stream);
    await this.ticker.stop();
  }

  /** @throws HttpProblem too-many-requests, overloaded, TokenRefusedError */
  async open(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { id, expiresAtMs } = request.client as Client;
    // A request may come a little late; what lasts may not.
    if (Date.now() >= expiresAtMs) throw new TokenRefusedError('expired', 'the token has expired');
    // Before anything is waited for: many may ask at once.
    const leave = this.places.take(id);
    try {
      const viewer = viewerOf(request);
      const first = await this.overview.ask(viewer);
      if (this.isStopping) throw HttpProblem.unavailable('this gateway is stopping');
      if (request.raw.destroyed) leave();
      else this.add(request, reply, { viewer, expiresAtMs, leave, first });
    } catch (error) {
      leave();
      throw error;
    }
  }

  private add(
    request: FastifyRequest,
    reply: FastifyReply,
    opened: {
      readonly viewer: Viewer;
      readonly expiresAtMs: number;
      readonly leave: () => void;
      readonly first: object;
    },
  ): void {
    reply.hijack();
    const response = reply.raw;
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
      'x-request-id': request.id,
      connection: 'close',
    });
    const nowMs = performance.now();
    const unwatch = this.overview.readings.watch();
    const stream: Stream = {
      response,
      viewer: opened.viewer,
      expiresAtMs: opened.expiresAtMs,
      release: () => {
        if (!this.streams.delete(stream)) return;
        unwatch();
        opened.leave();
      },
      lastText: '',
      wroteAtMs: nowMs,
      verifiedAtMs: nowMs,
      stalledAtMs: undefined,
      events: 0,
    };
    this.streams.add(stream);
    response.on('error', () => undefined);
    response.on('close', stream.release);
    write(stream, opened.first);
  }

  private tell(stream: Stream): void {
    if (Date.now() >= stream.expiresAtMs) return this.end(stream);
    const nowMs = performance.now();
    // A browser that reads slowly gets fewer events, never a queue of them.
    if (stream.response.writableNeedDrain) {
      stream.stalledAtMs ??= nowMs;
      if (nowMs - stream.stalledAtMs >= STALL_MAX_MS) this.end(stream);
      return;
    }
    stream.stalledAtMs = undefined;
    if (nowMs - stream.verifiedAtMs >= VERIFY_MS) {
      stream.verifiedAtMs = nowMs;
      // Not waited for: the keys may be slow to come, and others want to be told.
      this.verifier.verify(stream.viewer.authorization).catch(() => this.end(stream));
    }
    write(stream, this.overview.current(stream.viewer));
  }

  /** What was written is still sent; to somebody who does not read, it is not. */
  private end(stream: Stream): void {
    stream.release();
    if (stream.response.writableNeedDrain) stream.response.destroy();
    else stream.response.end();
  }
}

function write(stream: Stream, snapshot: object): void {
  const nowMs = performance.now();
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
