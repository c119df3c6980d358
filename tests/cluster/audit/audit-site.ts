import { randomUUID } from 'node:crypto';
import { applyPayIns, claimPartition, listAuditFaults, type AuditFinding } from '@billing/database';
import { decodePayIn } from '@billing/contracts';
import { runBilling, type Said } from '../command-line/billing-program.js';
import { CoordinatorClient } from '../coordinator/coordinator-client.js';
import { DrainSite } from '../drains/drain-site.js';
import { command } from '../pay-ins/upstream.js';

/** What `billing verify --json` prints. */
interface Verified {
  readonly checks: number;
  readonly accounts: number;
  readonly faults: readonly {
    readonly node: string;
    readonly check: string;
    readonly accountId?: string;
    readonly differenceMinor: string;
  }[];
  readonly notMade: readonly unknown[];
}

const topic = 'billing.payin';

/** Two nodes with coordinators and a proxy on every link, an operator's command line, and superusers. */
export class AuditSite {
  private readonly clients: readonly CoordinatorClient[];
  private readonly epochs = new Map<number, bigint>();
  private readonly offsets = new Map<number, bigint>();

  private constructor(
    readonly base: DrainSite,
    token: string,
  ) {
    this.clients = base.nodeIds.map(
      (nodeId) => new CoordinatorClient(base.cluster.coordinatorConnection(nodeId), token),
    );
  }

  static async start(coordinator: Readonly<Record<string, string>> = {}): Promise<AuditSite> {
    const base = await DrainSite.start({
      nodeCount: 2,
      members: ['postgres', 'coordinator'],
      appEnvironment: { coordinator },
    });
    try {
      return new AuditSite(base, await base.cluster.signToken({ sub: 'shop' }));
    } catch (error) {
      await base.destroy();
      throw error;
    }
  }

  client(nodeId: number): CoordinatorClient {
    return this.clients[nodeId - 1]!;
  }

  force(nodeId: number, statements: string): Promise<void> {
    return this.base.ledger(nodeId).force(statements);
  }

  billing(...args: string[]): Promise<Said> {
    return runBilling(this.base.cluster, args);
  }

  /** Faults that `billing verify` finds now: `dc2 balance 65 +5`, sorted. */
  async verify(...more: string[]): Promise<{ faults: string[]; notMade: readonly unknown[] }> {
    const { out } = await this.billing('verify', '--json', ...more);
    const { faults, notMade } = JSON.parse(out) as Verified;
    const told = faults.map(({ node, check, accountId, differenceMinor }) =>
      tell(node, check, accountId, BigInt(differenceMinor)),
    );
    return { faults: told.sort(), notMade };
  }

  /** Faults that the auditors in the background say are open, in the same form; of all time: once open. */
  async published(ofAllTime = false): Promise<string[]> {
    const listings = await Promise.all(
      this.base.ledgers.map(({ database }) => listAuditFaults(database, ofAllTime, 1_000, 'all')),
    );
    return listings.flatMap(({ items }) => items.map(tellFinding)).sort();
  }

  /** One batch of pay-ins, as the ledger worker of a node applies it. */
  async payIn(nodeId: number, accountIds: readonly string[], amount: string): Promise<void> {
    const { database } = this.base.ledger(nodeId);
    let epoch = this.epochs.get(nodeId);
    if (epoch === undefined) {
      const claim = { topic, partition: 0, workerId: 'spec', logStart: 0n, highWatermark: 0n };
      ({ epoch } = await claimPartition(database, claim));
      this.epochs.set(nodeId, epoch);
    }
    const first = this.offsets.get(nodeId) ?? 0n;
    const values = accountIds.map((id) => Buffer.from(JSON.stringify(command(id, amount))));
    const nextOffset = first + BigInt(values.length);
    await applyPayIns(database, {
      topic,
      partition: 0,
      epoch,
      firstOffset: first,
      nextOffset,
      messages: values.map((value, index) => ({
        offset: String(first + BigInt(index)),
        key: Buffer.from('k'),
        value,
      })),
      contents: values.map((value) => decodePayIn(value)),
    });
    this.offsets.set(nodeId, nextOffset);
  }

  /** A pay-out, whatever becomes of it. @returns whether it was paid */
  async pay(nodeId: number, accountId: string, amount: string): Promise<boolean> {
    try {
      await this.client(nodeId).payOut({
        accountId,
        amount,
        currency: 'USD',
        idempotencyKey: randomUUID(),
      });
      return true;
    } catch {
      return false;
    }
  }

  async destroy(): Promise<void> {
    for (const client of this.clients) client.close();
    await this.base.destroy();
  }
}

function tellFinding({
  nodeId,
  check,
  accountId,
  foundMinor,
  expectedMinor,
}: AuditFinding): string {
  return tell(`dc${nodeId}`, check, accountId?.toString(), foundMinor - expectedMinor);
}

function tell(
  node: string,
  check: string,
  account: string | undefined,
  difference: bigint,
): string {
  return `${node} ${check} ${account ?? '-'} ${difference > 0n ? '+' : ''}${difference}`;
}
