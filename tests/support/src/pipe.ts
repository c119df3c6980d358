import type { Socket } from 'node:net';

// What a direction holds before it stops reading: what a kernel and a few routers would buffer.
const HELD_BYTES_MAX = 16 * 1024 * 1024;

interface Held {
  readonly dueMs: number;
  /** Undefined: the source has ended. */
  readonly bytes: Buffer | undefined;
}

export interface PipeOptions {
  readonly source: Socket;
  readonly sink: Socket;
  /** Asked for each piece that comes in. */
  readonly delayMs: () => number;
  /** Sees each piece before it is held. False: the pipe is broken, keep nothing of it. */
  readonly onBytes: (bytes: Buffer) => boolean;
}

/**
 * One direction of a proxied connection: what comes in goes out in order, each piece after its delay.
 * flowing <-> frozen: a frozen pipe takes bytes and delivers none; what it holds goes out late once
 * it is thawed, as after a short partition, or is lost with the connection.
 */
export class Pipe {
  private readonly held: Held[] = [];
  private heldBytes = 0;
  private timer: NodeJS.Timeout | undefined;
  private isFrozen = false;
  private isSinkFull = false;

  constructor(private readonly options: PipeOptions) {
    const { source, sink, onBytes } = options;
    source.on('data', (bytes) => {
      if (onBytes(bytes)) this.hold(bytes);
    });
    source.on('end', () => this.hold(undefined));
    sink.on('drain', () => {
      this.isSinkFull = false;
      this.deliver();
    });
  }

  freeze(): void {
    this.isFrozen = true;
  }

  thaw(): void {
    this.isFrozen = false;
    this.deliver();
  }

  /** Nothing more will go out. */
  close(): void {
    clearTimeout(this.timer);
    this.held.length = 0;
    this.isFrozen = true;
  }

  private hold(bytes: Buffer | undefined): void {
    this.held.push({ dueMs: performance.now() + this.options.delayMs(), bytes });
    this.heldBytes += bytes?.length ?? 0;
    if (this.heldBytes > HELD_BYTES_MAX) this.options.source.pause();
    this.deliver();
  }

  private deliver(): void {
    const { source, sink } = this.options;
    clearTimeout(this.timer);
    while (!this.isFrozen && !this.isSinkFull) {
      const [next] = this.held;
      if (next === undefined) break;
      const waitMs = next.dueMs - performance.now();
      if (waitMs > 0) {
        this.timer = setTimeout(() => this.deliver(), Math.ceil(waitMs));
        return;
      }
      this.held.shift();
      if (next.bytes === undefined) {
        sink.end();
      } else {
        this.heldBytes -= next.bytes.length;
        this.isSinkFull = !sink.write(next.bytes);
      }
    }
    if (source.isPaused() && this.heldBytes <= HELD_BYTES_MAX) source.resume();
  }
}
