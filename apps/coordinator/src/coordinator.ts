import { TokenVerifier } from '@billing/auth';
import type { CoordinatorConfig } from '@billing/config';
import { assertDatabaseMatches, Database } from '@billing/database';
import type { Log } from '@billing/observability';
import { AccountDesk } from './account-desk.js';
import { ClientAccess } from './client-access.js';
import { NodeDuties } from './node-duties.js';
import { NodeHolder } from './node-holder.js';

/** What a call needs to know of the configuration. */
export class CoordinatorSettings {
  constructor(readonly callDeadlineMs: number) {}
}

// The holder's own connection, two a peer (62 at most), and one each for recovery, balance rows, lists
// and forgetting.
const HOLDER_POOL_MAX = 130;

/** Everything a coordinator is made of, wired by hand: Nest only hears calls. */
export class Coordinator {
  readonly database: Database;
  readonly access: ClientAccess;
  readonly desk: AccountDesk;
  readonly settings: CoordinatorSettings;
  private readonly holderDatabase: Database;
  private readonly holder: NodeHolder<NodeDuties>;

  constructor(
    private readonly config: CoordinatorConfig,
    log: Log,
  ) {
    const connect = (applicationName: string, poolMax: number): Database =>
      new Database({
        ...config.database,
        applicationName,
        poolMax,
        onIdleError: (error) => log.warn({ err: error }, 'lost an idle connection to PostgreSQL'),
      });
    this.database = connect('billing coordinator', config.database.poolMax);
    // Of its own, so that calls that wait for connections never hold up the heartbeat.
    this.holderDatabase = connect('billing coordinator holder', HOLDER_POOL_MAX);
    this.access = new ClientAccess(TokenVerifier.create(config.jwt));
    this.settings = new CoordinatorSettings(config.grpc.callDeadlineMs);
    this.holder = new NodeHolder({
      database: this.holderDatabase,
      intervalMs: config.holder.heartbeatMs,
      makeDuties: () => new NodeDuties(this.holderDatabase, config.holder, log),
      log,
    });
    this.desk = new AccountDesk({
      database: this.database,
      peerTimeoutMs: config.holder.peerTimeoutMs,
      // Another coordinator that holds the node finds them within its interval.
      onSharesPlanned: () => this.holder.duties?.triggerTransfers(),
    });
  }

  /** @throws DatabaseMismatchError, DatabaseError */
  async assertDatabaseMatches(): Promise<void> {
    await assertDatabaseMatches(this.database, this.config.nodeId);
  }

  startHolding(): void {
    this.holder.start();
  }

  /** What cannot be used now, by name. Not holding the node is no fault: another one may. */
  async faults(): Promise<Record<string, string>> {
    try {
      await this.assertDatabaseMatches();
      return {};
    } catch (error) {
      return { postgresql: String(error) };
    }
  }

  /** After calls are no longer taken. */
  async close(): Promise<void> {
    await this.holder.stop();
    await Promise.all([this.database.close(), this.holderDatabase.close()]);
  }
}
