import { replicationStatus, type Database } from '@billing/database';
import { PeriodicTask } from '@billing/lifecycle';
import type { CoordinatorConfig } from '@billing/config';
import type { Log } from '@billing/observability';
import { BalanceRowFiller } from './balance-row.filler.js';
import type { HolderDuties } from './node-holder.js';
import { PeerLink } from './peer-link.js';
import { SubscriptionWatchdog } from './subscription.watchdog.js';
import { TransferSender } from './transfer.sender.js';

const PEER_LIST_INTERVAL_MS = 5_000;

/** Everything the holder of a node does besides the heartbeat: a link to each peer, balance rows. */
export class NodeDuties implements HolderDuties {
  private readonly links = new Map<number, PeerLink>();
  private readonly peerList: PeriodicTask;
  private readonly filler: BalanceRowFiller;

  constructor(
    private readonly database: Database,
    private readonly settings: CoordinatorConfig['holder'],
    private readonly log: Log,
  ) {
    this.filler = new BalanceRowFiller({
      database,
      intervalMs: settings.peerIntervalMs,
      rowsMax: settings.balanceRowsMax,
      log,
    });
    // A node may be added to a live system.
    this.peerList = new PeriodicTask({
      intervalMs: PEER_LIST_INTERVAL_MS,
      run: (stopping) => this.linkPeers(stopping),
      onError: (error) => log.warn({ err: error }, 'peers could not be listed; trying again'),
    });
  }

  start(): void {
    this.filler.start();
    this.peerList.start();
  }

  /** Transfers were planned: send them now. */
  triggerTransfers(): void {
    for (const link of this.links.values()) link.trigger();
  }

  async stop(): Promise<void> {
    await this.peerList.stop();
    await Promise.all([this.filler.stop(), ...[...this.links.values()].map((link) => link.stop())]);
  }

  private async linkPeers(stopping: AbortSignal): Promise<void> {
    for (const { nodeId } of await replicationStatus(this.database)) {
      if (stopping.aborted || this.links.has(nodeId)) continue;
      const link = this.makeLink(nodeId);
      this.links.set(nodeId, link);
      link.start();
    }
  }

  private makeLink(nodeId: number): PeerLink {
    const { database, settings, log } = this;
    return new PeerLink({
      nodeId,
      database,
      intervalMs: settings.peerIntervalMs,
      timeoutMs: settings.peerTimeoutMs,
      watchdog: new SubscriptionWatchdog(nodeId, {
        delayMinMs: settings.peerIntervalMs,
        delayMaxMs: settings.restartDelayMaxMs,
        log,
      }),
      sender: new TransferSender({
        batchMax: settings.transferBatchMax,
        timeoutMs: settings.peerTimeoutMs,
        log,
      }),
      log,
    });
  }
}
