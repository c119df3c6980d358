import type { Caller, Database, Row, Session } from './database.js';

/**
 * A connection of one's own, made when it is needed and anew when it was lost. Its PostgreSQL session keeps
 * its connections to the other nodes; closing it ends a call under way at once, however long another
 * node takes to answer. Statements are prepared once a connection, by their names. For calls one after the
 * other: two at once might each make a connection.
 */
export class KeptSession implements Caller {
  private session: Session | undefined;
  private isClosed = false;

  constructor(private readonly database: Database) {}

  /** @throws DatabaseError */
  async query<T extends Row>(
    calling: string,
    text: string,
    values: readonly unknown[] = [],
  ): Promise<T[]> {
    const session = await this.open(calling);
    return session.query<T>(calling, text, values, calling);
  }

  /** There was a connection, and it broke: what its session held is gone. */
  get isLost(): boolean {
    return this.session?.isLost === true;
  }

  /** Leaves the connection, with what its session holds: the next call makes another. */
  drop(): void {
    this.session?.release(true);
    this.session = undefined;
  }

  /** For good. */
  close(): void {
    this.isClosed = true;
    this.drop();
  }

  private async open(calling: string): Promise<Session> {
    if (this.isLost) this.drop();
    this.session ??= await this.database.connect(calling);
    const { session } = this;
    if (this.isClosed) this.close();
    return session;
  }
}
