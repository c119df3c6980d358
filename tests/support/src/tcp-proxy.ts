import { connect, createServer, type Server, type Socket } from 'node:net';
import { findFreePorts } from '@billing/cluster';
import { Pipe } from './pipe.js';

export interface TcpAddress {
  readonly host: string;
  readonly port: number;
}

export interface TcpProxyOptions {
  /** Where it listens. Default 127.0.0.1. */
  readonly host?: string;
  /** Default: one found free, which stays ours while the link is cut. */
  readonly port?: number;
  /** Asked at each connection, so that it may be known later than the proxy. */
  readonly target: () => TcpAddress;
  /** One way; a round trip costs both. Default 0. */
  readonly delay?: LinkDelay;
}

export interface LinkDelay {
  readonly toTargetMs: number;
  readonly toClientMs: number;
}

export type LinkDirection = 'toTarget' | 'toClient' | 'both';

/** A failure that waits for a certain request. A request is a piece of bytes as the client sent it. */
export interface Trap {
  /** Text in the request, as PostgreSQL's protocol shows it without TLS. Default: any request. */
  readonly matching?: string;
  /** Matching requests that pass before. Default 0. */
  readonly after?: number;
  /** `cut`, `freeze`: the whole link (answers only, if it strikes there); `reset`: that connection. */
  readonly failure: 'cut' | 'freeze' | 'reset';
  /** `request`: the target never hears it. `answer`: the target has answered, nobody hears that. */
  readonly at: 'request' | 'answer';
}

export interface SetTrap {
  /** Settles once the failure has struck. A freeze of answers strikes as the request goes by. */
  readonly sprung: Promise<void>;
  remove(): void;
}

interface ArmedTrap {
  readonly trap: Trap;
  passes: number;
  readonly spring: () => void;
}

/**
 * A link that can fail: a user-space TCP proxy in front of one address. Failures hold until `restore`.
 * A delay starts with the first bytes: the handshake itself, done by this machine's kernel, costs none.
 */
export class TcpProxy {
  private readonly connections = new Set<ProxiedConnection>();
  private readonly traps = new Set<ArmedTrap>();
  private server: Server | undefined;
  private delay: LinkDelay;
  private readonly frozen = { toTarget: false, toClient: false };

  private constructor(
    private readonly options: TcpProxyOptions,
    readonly host: string,
    readonly port: number,
  ) {
    this.delay = options.delay ?? { toTargetMs: 0, toClientMs: 0 };
  }

  static async listen(options: TcpProxyOptions): Promise<TcpProxy> {
    const port = options.port ?? (await findFreePorts(1))[0]!;
    const proxy = new TcpProxy(options, options.host ?? '127.0.0.1', port);
    await proxy.startListening();
    return proxy;
  }

  get address(): string {
    return `${this.host}:${this.port}`;
  }

  get connectionCount(): number {
    return this.connections.size;
  }

  /** For all that comes in from now on. */
  setDelay(delay: LinkDelay): void {
    this.delay = delay;
  }

  /** New connections are refused, those there are reset. */
  async cut(): Promise<void> {
    const closed = this.stopListening();
    this.reset();
    await closed;
  }

  /** Those there are reset; new ones are welcome unless the link is cut. What they held is lost. */
  reset(): void {
    for (const connection of this.connections) connection.reset();
  }

  /** A black hole: connections stay and are accepted, bytes are taken, nothing is delivered. */
  freeze(direction: LinkDirection = 'both'): void {
    for (const one of ['toTarget', 'toClient'] as const) {
      if (direction !== 'both' && direction !== one) continue;
      this.frozen[one] = true;
      for (const connection of this.connections) connection[one].freeze();
    }
  }

  /** The link is whole again. What was frozen arrives late; call `reset` before for it to be lost. */
  async restore(): Promise<void> {
    this.traps.clear();
    this.frozen.toTarget = false;
    this.frozen.toClient = false;
    for (const connection of this.connections) {
      connection.atAnswer = undefined;
      connection.toTarget.thaw();
      connection.toClient.thaw();
    }
    await this.startListening();
  }

  setTrap(trap: Trap): SetTrap {
    let armed: ArmedTrap;
    const sprung = new Promise<void>((resolve) => {
      armed = { trap, passes: trap.after ?? 0, spring: resolve };
      this.traps.add(armed);
    });
    return { sprung, remove: () => this.traps.delete(armed) };
  }

  /** Lets this many requests pass, then no answer any more. */
  dropAnswersAfter(requests: number): SetTrap {
    return this.setTrap({ after: requests, failure: 'freeze', at: 'answer' });
  }

  async close(): Promise<void> {
    await this.cut();
    this.traps.clear();
  }

  private async startListening(): Promise<void> {
    if (this.server !== undefined) return;
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.accept(client),
    );
    this.server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.host, port: this.port }, resolve);
    });
  }

  private async stopListening(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    this.server = undefined;
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  private accept(client: Socket): void {
    const target = connect({ ...this.options.target(), allowHalfOpen: true, noDelay: true });
    const connection: ProxiedConnection = new ProxiedConnection(client, target, {
      delay: () => this.delay,
      onRequest: (bytes) => this.judge(connection, bytes),
      onAnswer: () => this.strikeAtAnswer(connection),
      onClose: () => this.connections.delete(connection),
    });
    this.connections.add(connection);
    if (this.frozen.toTarget) connection.toTarget.freeze();
    if (this.frozen.toClient) connection.toClient.freeze();
  }

  /** Whether the request may go on. */
  private judge(connection: ProxiedConnection, bytes: Buffer): boolean {
    for (const armed of this.traps) {
      const { matching, failure, at } = armed.trap;
      if (matching !== undefined && !bytes.includes(matching)) continue;
      if (armed.passes > 0) {
        armed.passes -= 1;
        continue;
      }
      this.traps.delete(armed);
      if (at === 'request') {
        this.strike(connection, failure, 'toTarget');
      } else if (failure === 'freeze') {
        this.strike(connection, failure, 'toClient');
      } else {
        connection.atAnswer = armed;
        return true;
      }
      armed.spring();
      return at === 'answer' || failure === 'freeze';
    }
    return true;
  }

  private strikeAtAnswer(connection: ProxiedConnection): boolean {
    const { atAnswer } = connection;
    if (atAnswer === undefined) return true;
    this.strike(connection, atAnswer.trap.failure, 'toClient');
    atAnswer.spring();
    return false;
  }

  private strike(connection: ProxiedConnection, failure: Trap['failure'], at: LinkDirection): void {
    if (failure === 'freeze') this.freeze(at);
    else if (failure === 'cut') void this.cut();
    else connection.reset();
  }
}

interface ConnectionHooks {
  readonly delay: () => LinkDelay;
  readonly onRequest: (bytes: Buffer) => boolean;
  readonly onAnswer: () => boolean;
  readonly onClose: () => void;
}

/** A client's connection and ours to the target; when one breaks, so does the other. */
class ProxiedConnection {
  readonly toTarget: Pipe;
  readonly toClient: Pipe;
  /** What strikes when the target answers. */
  atAnswer: ArmedTrap | undefined;
  private openSockets = 2;

  constructor(
    private readonly client: Socket,
    private readonly target: Socket,
    hooks: ConnectionHooks,
  ) {
    this.toTarget = new Pipe({
      source: client,
      sink: target,
      delayMs: () => hooks.delay().toTargetMs,
      onBytes: hooks.onRequest,
    });
    this.toClient = new Pipe({
      source: target,
      sink: client,
      delayMs: () => hooks.delay().toClientMs,
      onBytes: hooks.onAnswer,
    });
    for (const socket of [client, target]) {
      socket.on('error', () => this.reset());
      socket.on('close', () => {
        this.openSockets -= 1;
        if (this.openSockets > 0) return;
        this.toTarget.close();
        this.toClient.close();
        hooks.onClose();
      });
    }
  }

  reset(): void {
    this.toTarget.close();
    this.toClient.close();
    for (const socket of [this.client, this.target]) {
      // libuv resets no socket that is just sending its end, and Node 20 then never closes it: the
      // process spins when it should exit.
      const isEnding = socket.writableEnded && !socket.writableFinished;
      if (socket.connecting || isEnding) socket.destroy();
      else socket.resetAndDestroy();
    }
  }
}
