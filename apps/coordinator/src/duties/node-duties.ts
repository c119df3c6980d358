import { replicationStatus, seeDuties, type Database } from '@billing/database';
import { PeriodicTask } from '@billing/lifecycle';
import type { CoordinatorConfig } from '@billing/config';
import type { Log } from '@billing/observability';
import { Auditor, type AuditorOptions } from '../audit/auditor.js';
import { BalanceRowFiller } from './balance-row-filler.js';
import { makeBatchSealer } from './batch-sealer.js';
import { BatchUnpacker } from './batch-unpacker.js';
import { makeClawbackTaker } from './clawback-taker.js';
import { makeDuplicateUndoer } from './duplicate-undoer.js';
import { makeHoldEnder } from './hold-ender.js';
import type { HolderDuties } from '../holder/node-holder.js';
import { PayInForwarder } from './pay-in-forwarder.js';
import { PeerLink } from './peer-link.js';
import { DecisionAsker } from '../recovery/decision-asker.js';
import { DecisionTeller } from '../recovery/decision-teller.js';
import { DrainRecovery } from '../recovery/drain-recovery.js';
import { HoldAsker } from '../recovery/hold-asker.js';
import { KeyForgetter } from '../recovery/key-forgetter.js';
import { SubscriptionWatchdog } from './subscription-watchdog.js';
import { TransferSender } from './transfer-sender.js';

const PEER_LIST_INTERVAL_MS = 5_000;
const DAY_MS = 86_400_000;

/**
 * Everything the holder of a node does besides the heartbeat: for each peer a link and a teller of
 * decisions and an asker of parts of holds; recovery of drains; holds that are over; balance rows; batches; pay-outs and pay-ins that were made twice; keys
 * that are old enough to be forgotten; the auditor.
 *
 * Two holders at once, the second of them frozen until now, must harm nothing. So whatever is called by
 * a duty judges by the rows as they are when it runs, or compares the number of the lease: ADR 23 says
 * which does what, and a new duty gets a line there.
 */
export class NodeDuties implements HolderDuties {
  private readonly links = new Map<number, PeerLink>();
  private readonly tellers = new Map<number, DecisionTeller>();
  private readonly holdAskers = new Map<number, HoldAsker>();
  private readonly peerList: PeriodicTask;
  /** Looks for all that has nothing to do most of the time, and wakes it. */
  private readonly look: PeriodicTask;
  private readonly filler: BalanceRowFiller;
  private readonly unpacker: BatchUnpacker;
  private readonly sealer: PeriodicTask;
  private readonly undoer: PeriodicTask;
  private readonly taker: PeriodicTask;
  private readonly holdEnder: PeriodicTask;
  private readonly recovery: DrainRecovery;
  private readonly forgetter: KeyForgetter;
  private readonly auditor: Auditor;

  constructor(
    private readonly database: Database,
    private readonly settings: CoordinatorConfig['holder'],
    auditSettings: AuditorOptions['settings'],
    private readonly log: Log,
  ) {
    this.filler = new BalanceRowFiller({
      database,
      intervalMs: settings.peerIntervalMs,
      rowsMax: settings.balanceRowsMax,
      log,
    });
    const keysKeptMs = settings.keepKeysDays * DAY_MS;
    this.unpacker = new BatchUnpacker({
      database,
      intervalMs: settings.peerIntervalMs,
      entriesMax: settings.unpackEntriesMax,
      keysKeptMs,
      log,
    });
    this.sealer = makeBatchSealer({
      database,
      intervalMs: settings.peerIntervalMs,
      keysKeptMs,
      log,
    });
    this.undoer = makeDuplicateUndoer({
      database,
      intervalMs: settings.peerIntervalMs,
      peerTimeoutMs: settings.peerTimeoutMs,
      log,
    });
    this.taker = makeClawbackTaker({ database, intervalMs: settings.peerIntervalMs, log });
    this.holdEnder = makeHoldEnder({ database, intervalMs: settings.peerIntervalMs, log });
    this.recovery = new DrainRecovery({
      database,
      intervalMs: settings.recoveryIntervalMs,
      batchMax: settings.recoveryBatchMax,
      onDecided: () => this.triggerDecisions(),
      log,
    });
    this.forgetter = new KeyForgetter({
      database,
      keysKeptMs,
      intervalMs: settings.forgetIntervalMs,
      batchMax: settings.forgetBatchMax,
      log,
    });
    this.auditor = new Auditor({ database, settings: auditSettings, log });
    // A node may be added to a live system.
    this.peerList = new PeriodicTask({
      intervalMs: PEER_LIST_INTERVAL_MS,
      run: (stopping) => this.linkPeers(stopping),
      onError: (error) => log.warn({ err: error }, 'peers could not be listed; trying again'),
    });
    this.look = new PeriodicTask({
      intervalMs: settings.recoveryIntervalMs,
      run: () => this.wakeDuties(),
      onError: (error) => log.warn({ err: error }, 'duties could not be seen; trying again'),
    });
  }

  start(): void {
    this.recovery.start();
    this.filler.start();
    this.unpacker.start();
    this.sealer.start();
    this.undoer.start();
    this.taker.start();
    this.holdEnder.start();
    this.forgetter.start();
    this.auditor.start();
    this.peerList.start();
    this.look.start();
  }

  /** Transfers were planned: send them now. */
  triggerTransfers(): void {
    for (const link of this.links.values()) link.trigger();
  }

  /** Drains were decided: tell the donors now. */
  triggerDecisions(): void {
    for (const teller of this.tellers.values()) teller.trigger();
  }

  async stop(): Promise<void> {
    await Promise.all([this.peerList.stop(), this.look.stop()]);
    const all = [
      this.recovery,
      this.filler,
      this.unpacker,
      this.sealer,
      this.undoer,
      this.taker,
      this.holdEnder,
      this.forgetter,
      this.auditor,
      ...this.links.values(),
      ...this.tellers.values(),
      ...this.holdAskers.values(),
    ];
    await Promise.all(all.map((duty) => duty.stop()));
  }

  private async wakeDuties(): Promise<void> {
    const duties = await seeDuties(this.database);
    if (duties.hasDrainsLeft) this.recovery.trigger();
    if (duties.hasArrivedAccounts) this.filler.trigger();
    if (duties.hasBatches) {
      this.unpacker.trigger();
      this.sealer.trigger();
    }
    if (duties.hasDuplicates) this.undoer.trigger();
    if (duties.hasClawbacks) this.taker.trigger();
    if (duties.hasHoldsOver) this.holdEnder.trigger();
    for (const nodeId of duties.holdNodeIds) this.holdAskers.get(nodeId)?.trigger();
    for (const nodeId of duties.untoldNodeIds) this.tellers.get(nodeId)?.trigger();
  }

  private async linkPeers(stopping: AbortSignal): Promise<void> {
    for (const { nodeId } of await replicationStatus(this.database)) {
      if (stopping.aborted || this.links.has(nodeId)) continue;
      const teller = this.makeTeller(nodeId);
      this.tellers.set(nodeId, teller);
      teller.start();
      const holdAsker = this.makeHoldAsker(nodeId);
      this.holdAskers.set(nodeId, holdAsker);
      holdAsker.start();
      const link = this.makeLink(nodeId);
      this.links.set(nodeId, link);
      link.start();
    }
  }

  private makeTeller(nodeId: number): DecisionTeller {
    const { database, settings, log } = this;
    return new DecisionTeller({
      nodeId,
      database,
      intervalMs: settings.tellIntervalMs,
      batchMax: settings.tellBatchMax,
      timeoutMs: settings.peerTimeoutMs,
      log,
    });
  }

  private makeHoldAsker(nodeId: number): HoldAsker {
    const { database, settings, log } = this;
    return new HoldAsker({
      nodeId,
      database,
      intervalMs: settings.tellIntervalMs,
      batchMax: settings.tellBatchMax,
      timeoutMs: settings.peerTimeoutMs,
      log,
    });
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
      forwarder: new PayInForwarder({
        batchMax: settings.forwardBatchMax,
        ageLimitMs: settings.parkedLimitMs,
        timeoutMs: settings.peerTimeoutMs,
        log,
      }),
      asker: new DecisionAsker({
        batchMax: settings.recoveryBatchMax,
        timeoutMs: settings.peerTimeoutMs,
        log,
      }),
      log,
    });
  }
}
