import { KeptSession, visitNode, type Database } from '@billing/database';
import { PeriodicTask } from '@billing/lifecycle';
import type { Log } from '@billing/observability';
import type { DecisionAsker } from '../recovery/decision-asker.js';
import type { PayInForwarder } from './pay-in-forwarder.js';
import type { SubscriptionWatchdog } from './subscription-watchdog.js';
import type { TransferSender } from './transfer-sender.js';

export interface PeerLinkOptions {
  readonly nodeId: number;
  readonly database: Database;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly watchdog: SubscriptionWatchdog;
  readonly sender: TransferSender;
  readonly forwarder: PayInForwarder;
  readonly asker: DecisionAsker;
  readonly log: Log;
}

/**
 * What the holder does for one other node, again and again: ask whether it answers, look after the
 * subscription to it, ask for decisions on money that is held here too long, send transfers and pay-ins to it. One
 * PostgreSQL session of its own, which caches the dblink connection; a link that waits for a silent
 * node holds up no other.
 */
export class PeerLink {
  private readonly task: PeriodicTask;
  private readonly session: KeptSession;
  private answers: boolean | undefined;

  constructor(private readonly options: PeerLinkOptions) {
    const { nodeId, intervalMs, log } = options;
    this.session = new KeptSession(options.database);
    this.task = new PeriodicTask({
      intervalMs,
      run: (stopping) => this.visit(stopping),
      onError: (error) => {
        this.session.drop();
        log.warn({ err: error, peer: nodeId }, 'a visit to a peer failed; trying again');
      },
    });
  }

  start(): void {
    this.task.start();
  }

  /** There is something to send. */
  trigger(): void {
    this.task.trigger();
  }

  async stop(): Promise<void> {
    await this.task.stop();
    this.session.drop();
  }

  private async visit(stopping: AbortSignal): Promise<void | { nextInMs: number }> {
    const { nodeId, timeoutMs, watchdog, sender, forwarder, asker } = this.options;
    const visit = await visitNode(this.session, nodeId, timeoutMs);
    this.note(visit.answers);
    await watchdog.look(this.session, visit);
    if (!visit.answers) return;
    if (visit.hasLateReservations) await asker.ask(this.session, nodeId);
    const hasTransfers = visit.hasTransfers && (await sender.send(this.session, nodeId, stopping));
    const hasPayIns = visit.hasPayIns && (await forwarder.forward(this.session, nodeId));
    return hasTransfers || hasPayIns ? { nextInMs: 0 } : undefined;
  }

  private note(answers: boolean): void {
    if (answers === this.answers) return;
    const { log, nodeId } = this.options;
    if (!answers) log.warn({ peer: nodeId }, 'a peer does not answer');
    else if (this.answers === false) log.info({ peer: nodeId }, 'a peer answers again');
    this.answers = answers;
  }
}
