import { readFileSync } from 'node:fs';
import pg from 'pg';
import { parseConnectionUrl } from './connection-url.js';
import { toConnectError, toDatabaseError, type DatabaseError } from './database.errors.js';

export interface DatabaseOptions {
  /** postgres://role@host:port/database; its query may name files of TLS */
  readonly url: string;
  readonly password?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly poolMax: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName: string;
  /** Bound of a statement unless the call says otherwise; also of connecting. */
  readonly statementTimeoutMs?: number;
  /** Called before each call, of a session as well: what it throws is what the call throws. */
  readonly mayCall?: () => void;
  /** Told of connections that broke while idle. */
  readonly onIdleError?: (error: Error) => void;
}

const CONNECT_TIMEOUT_MS = 5_000;
const STATEMENT_TIMEOUT_MS = 15_000;

/** Connections that a pool has, and calls that wait for one. */
export interface PoolState {
  readonly max: number;
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** Rows of a call, columns by name. bigint columns arrive as bigint, timestamps as Date. */
export type Row = Record<string, unknown>;

/** One node's PostgreSQL: a bounded pool, and the only way in for the functions of this library. */
export class Database {
  private readonly pool: pg.Pool;

  constructor(private readonly options: DatabaseOptions) {
    const statementTimeoutMs = options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS;
    this.pool = new pg.Pool({
      // Spread by hand: pg lets the (absent) password of a connectionString win over this one.
      ...parseConnectionUrl(options.url),
      password: () => this.readPassword(),
      max: options.poolMax,
      application_name: options.applicationName,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      idleTimeoutMillis: 60_000,
      keepAlive: true,
      statement_timeout: statementTimeoutMs,
      // A server that vanished answers nothing: the client gives up a little after the server would.
      query_timeout: statementTimeoutMs + 2_000,
      types: { getTypeParser },
    });
    this.pool.on('error', (error) => options.onIdleError?.(withoutClient(error)));
  }

  get poolState(): PoolState {
    const { totalCount: total, idleCount: idle, waitingCount: waiting } = this.pool;
    return { max: this.options.poolMax, total, idle, waiting };
  }

  /**
   * Runs one parameterised statement, prepared once a connection. A connection whose prepared statement no
   * longer fits (its function was replaced) is left for another one: there are as many as the pool has.
   * @throws DatabaseError
   */
  async query<T extends Row>(
    calling: string,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> {
    for (let triesLeft = this.options.poolMax; ; triesLeft -= 1) {
      const session = await this.connect(calling);
      try {
        return await session.query<T>(calling, text, values, calling);
      } catch (error) {
        if ((error as DatabaseError).kind !== 'stale' || triesLeft === 0) throw error;
      } finally {
        session.release();
      }
    }
  }

  /** A connection of one's own, for session state such as advisory locks. Release it. @throws DatabaseError */
  async connect(calling: string): Promise<Session> {
    const { mayCall } = this.options;
    mayCall?.();
    let session: Session;
    try {
      session = await this.take();
    } catch (error) {
      throw toConnectError(error, calling);
    }
    const { lostBy } = session;
    if (lostBy === undefined) return session;
    session.release();
    throw toConnectError(lostBy, calling);
  }

  /** Listened to from the moment on in which the pool listens no more: a connection may break in the same read that made it. */
  private take(): Promise<Session> {
    return new Promise((resolve, reject) => {
      this.pool.connect((error, client) => {
        if (client === undefined) reject(error!);
        else resolve(new Session(client, this.options.mayCall));
      });
    });
  }

  async close(): Promise<void> {
    await this.pool.end();
  }

  private readPassword(): string {
    if (this.options.password !== undefined) return this.options.password;
    if (this.options.passwordFile === undefined) return '';
    return readFileSync(this.options.passwordFile, 'utf8').trim();
  }
}

/** What can be asked: any connection of the pool, or one of one's own. */
export type Caller = Pick<Database, 'query'>;

/** One connection taken from the pool. */
export class Session implements Caller {
  private failure: Error | undefined;
  private released = false;

  constructor(
    private readonly client: pg.PoolClient,
    private readonly mayCall?: () => void,
  ) {
    // A connection that breaks between two queries says so by an event; unheard, it ends the process.
    client.on('error', this.onError);
  }

  /**
   * True once the connection broke, or leads to a server that is of no use any more (a replica since a
   * failover): whatever the session held is gone, or is to be held at another.
   */
  get isLost(): boolean {
    return this.failure !== undefined;
  }

  /** Why it is lost; undefined: it is not. */
  get lostBy(): Error | undefined {
    return this.failure;
  }

  /** @param name the statement's, when it is to be kept prepared. @throws DatabaseError */
  async query<T extends Row>(
    calling: string,
    text: string,
    values: readonly unknown[] = [],
    name?: string,
  ): Promise<T[]> {
    this.mayCall?.();
    try {
      const result = await this.client.query<T>({ name, text, values: [...values] });
      return result.rows;
    } catch (error) {
      const failure = toDatabaseError(error, calling);
      if (endsConnection(failure)) this.failure ??= failure;
      throw failure;
    }
  }

  /** Gives the connection back, or closes it so that no session state is left. */
  release(close = false): void {
    if (this.released) return;
    this.released = true;
    this.client.release(close || this.isLost);
    this.client.off('error', this.onError);
  }

  private readonly onError = (error: Error): void => {
    this.failure ??= error;
  };
}

/** pg-pool hangs the client on it, with the key that cancels its statements: nothing for a log. */
function withoutClient(error: Error): Error {
  delete (error as { client?: unknown }).client;
  return error;
}

function endsConnection({ kind, effect }: DatabaseError): boolean {
  return kind === 'away' || kind === 'stale' || effect === 'unknown';
}

const INT8 = 20;
const INT8_ARRAY = 1016;
const parseBigint = (text: string): bigint => BigInt(text);

function getTypeParser(oid: number, format?: 'text' | 'binary'): (value: string) => unknown {
  if (oid === INT8 && format !== 'binary') return parseBigint;
  if (oid === INT8_ARRAY && format !== 'binary') {
    return (text) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(parseBigint));
  }
  return pg.types.getTypeParser(oid, format as 'text') as (value: string) => unknown;
}
