import { randomUUID } from 'node:crypto';
import {
  askHoldParts,
  authoriseHolds,
  beginHoldOperation,
  describeHoldOperation,
  recordHoldAnswers,
  type HoldOperationAnswer,
  type HoldOperationKind,
  type HoldVerdict,
} from '@billing/database';
import { Drain } from '../drains/drain.js';
import type { DrainSite } from '../drains/drain-site.js';

export interface HoldRequest {
  readonly at: number;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  /** Default one minute. */
  readonly heldForMs?: number;
}

const ASK_TIMEOUT_MS = 2_000;

/** One hold, step by step, each step when the spec says so. */
export class Hold {
  readonly key = randomUUID();
  readonly drain: Drain;
  private id: string | undefined;

  constructor(
    private readonly site: DrainSite,
    readonly request: HoldRequest,
  ) {
    this.drain = new Drain(site, request);
  }

  get holdId(): string {
    if (this.id === undefined) throw new Error('the hold has not begun');
    return this.id;
  }

  async begin(): Promise<HoldVerdict> {
    const { at, accountId, amountMinor, heldForMs = 60_000 } = this.request;
    const [verdict] = await authoriseHolds(this.site.database(at), [
      {
        tenant: 'default',
        clientId: 'spec',
        idempotencyKey: this.key,
        fingerprint: Buffer.from(`${accountId} ${amountMinor}`),
        accountId,
        amountMinor,
        currency: 'USD',
        mayDrain: true,
        deadlineMs: 20_000,
        heldForMs,
      },
    ]);
    if (verdict?.status === 'begun') this.drain.adopt(verdict.attempt);
    if (verdict?.status === 'begun' || verdict?.status === 'committed') this.id = verdict.payOutId;
    return verdict!;
  }

  /** Authorised by a drain, of which nobody has been told. */
  async decide(): Promise<void> {
    await this.begin();
    await this.drain.reserve();
    await this.drain.decide();
  }

  /** Authorised, and held by all that gave. */
  async open(): Promise<this> {
    await this.decide();
    await this.drain.tellAndMark();
    return this;
  }

  /** Nobody else is asked yet. @param amountMinor of a capture. @param heldForMs of an extension */
  operate(
    kind: HoldOperationKind,
    {
      key = randomUUID(),
      amountMinor,
      heldForMs,
    }: { key?: string; amountMinor?: bigint; heldForMs?: number } = {},
  ): Promise<HoldOperationAnswer> {
    return beginHoldOperation(this.site.database(this.request.at), {
      kind,
      tenant: 'default',
      clientId: 'spec',
      idempotencyKey: key,
      fingerprint: Buffer.from(`${kind} ${amountMinor} ${heldForMs}`),
      holdId: this.holdId,
      amountMinor,
      currency: kind === 'capture' ? 'USD' : undefined,
      heldForMs,
    });
  }

  /** Asks whoever has not answered. @returns for `record` */
  async ask({ asks, operationId }: HoldOperationAnswer): Promise<unknown> {
    const nodeIds = asks.filter(({ isAnswered }) => !isAnswered).map(({ nodeId }) => nodeId);
    const session = await this.site.session(this.request.at);
    return askHoldParts(session, nodeIds, operationId, 10, ASK_TIMEOUT_MS);
  }

  async record(operation: HoldOperationAnswer, answers: unknown): Promise<HoldOperationAnswer> {
    const database = this.site.database(this.request.at);
    if (answers !== undefined) await recordHoldAnswers(database, answers);
    return describeHoldOperation(database, operation);
  }

  /** All of it. */
  async run(
    kind: HoldOperationKind,
    request: { key?: string; amountMinor?: bigint; heldForMs?: number } = {},
  ): Promise<HoldOperationAnswer> {
    const begun = await this.operate(kind, request);
    return this.record(begun, await this.ask(begun));
  }

  /** What a node says of its part: `held 3500 - 500 - 0`: authorised, captured, given back. */
  async partAt(nodeId: number): Promise<string | undefined> {
    return this.site.ledger(nodeId).value<string>(
      `/* part */ select format('%s %s - %s - %s', state, amount_minor, captured_minor, returned_minor)
         from billing.hold_parts where hold_id = $1`,
      [this.holdId],
    );
  }
}
