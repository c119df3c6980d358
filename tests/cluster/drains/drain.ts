import { randomUUID } from 'node:crypto';
import {
  decideDrain,
  markTold,
  payOut,
  reserve,
  reserveAtNodes,
  tellDecisions,
  type Attempt,
  type DrainDecision,
  type PayOutVerdict,
  type Reserve,
  type ReserveAnswer,
  type Telling,
} from '@billing/database';
import type { DrainSite } from './drain-site.js';

export interface DrainRequest {
  readonly at: number;
  readonly accountId: bigint;
  readonly amountMinor: bigint;
  /** Default 20 s: no recovery takes it up. */
  readonly deadlineMs?: number;
  readonly reserveTimeoutMs?: number;
}

const RESERVE_TIMEOUT_MS = 2_000;
const TELL_TIMEOUT_MS = 2_000;
const TELL_BATCH_MAX = 100;

/** One pay-out, step by step, each step when the spec says so. */
export class Drain {
  readonly key = randomUUID();
  readonly answers: ReserveAnswer[] = [];
  readonly askedNodes = new Set<number>();
  private begun: Attempt | undefined;

  constructor(
    private readonly site: DrainSite,
    readonly request: DrainRequest,
  ) {}

  get at(): number {
    return this.request.at;
  }

  get attempt(): Attempt {
    if (this.begun === undefined) throw new Error('the drain has not begun');
    return this.begun;
  }

  get donors(): number[] {
    return this.attempt.asks.map(({ nodeId }) => nodeId);
  }

  async begin(): Promise<PayOutVerdict> {
    const { at, accountId, amountMinor, deadlineMs = 20_000 } = this.request;
    const [verdict] = await payOut(this.site.database(at), [
      {
        tenant: 'default',
        clientId: 'spec',
        idempotencyKey: this.key,
        fingerprint: Buffer.from(`${accountId} ${amountMinor}`),
        accountId,
        amountMinor,
        currency: 'USD',
        mayDrain: true,
        deadlineMs,
      },
    ]);
    if (verdict?.status === 'begun') this.adopt(verdict.attempt);
    return verdict!;
  }

  /** As a coordinator that has just begun, or begun anew. */
  adopt(attempt: Attempt): void {
    this.begun = attempt;
    this.answers.length = 0;
    this.answers.push(...attempt.answers);
    this.askedNodes.clear();
  }

  /** First round: whom begin has chosen. @param wanted by node, instead of what begin wants */
  reserve(wanted?: Readonly<Record<number, bigint>>): Promise<ReserveAnswer[]> {
    const asks =
      wanted ??
      Object.fromEntries(this.attempt.asks.map(({ nodeId, wantedMinor }) => [nodeId, wantedMinor]));
    return this.ask(1, asks);
  }

  /** Second round: every node, its own included, for all that is missing. */
  async reserveAgain(nodeIds = this.site.nodeIds): Promise<ReserveAnswer[]> {
    const held = this.answers.reduce(
      (sum, { reserved_minor = '0' }) => sum + BigInt(reserved_minor),
      0n,
    );
    const missing = this.request.amountMinor - held;
    return this.ask(2, Object.fromEntries(nodeIds.map((nodeId) => [nodeId, missing])));
  }

  /** What a reserve of this attempt at a node looks like. */
  toReserve(nodeId: number, round: number, wantedMinor: bigint): Reserve {
    const { attemptId, payOutId, deadlineAt, heldForMs } = this.attempt;
    const { accountId, at } = this.request;
    return {
      nodeId,
      attemptId,
      round,
      accountId,
      payOutId,
      coordinatorNodeId: at,
      wantedMinor,
      deadlineAt,
      heldForMs,
    };
  }

  async decide(isLast = false): Promise<DrainDecision> {
    const { attemptId } = this.attempt;
    const findings = { attemptId, answers: this.answers, askedNodes: [...this.askedNodes], isLast };
    return decideDrain(this.site.database(this.at), findings);
  }

  async tell(nodeId: number, timeoutMs = TELL_TIMEOUT_MS): Promise<Telling> {
    return tellDecisions(await this.site.session(this.at), nodeId, TELL_BATCH_MAX, timeoutMs);
  }

  mark(nodeId: number, told: readonly string[] = [this.attempt.attemptId]): Promise<number> {
    return markTold(this.site.database(this.at), nodeId, told);
  }

  async tellAndMark(): Promise<void> {
    for (const nodeId of this.site.nodeIds.filter((one) => one !== this.at)) {
      const { told } = await this.tell(nodeId);
      await this.mark(nodeId, told);
    }
  }

  /** The whole of it, without a second round. */
  async run(): Promise<DrainDecision> {
    await this.begin();
    await this.reserve();
    const decision = await this.decide();
    await this.tellAndMark();
    return decision;
  }

  /** Its row as its node keeps it. */
  async outcome(): Promise<string> {
    const status = await this.site
      .ledger(this.at)
      .value<string>(
        "/* outcome */ select concat_ws(' ', status, rejection) from billing.pay_outs where idempotency_key = $1",
        [this.key],
      );
    return status ?? 'none';
  }

  /** One round, at these nodes only. */
  async ask(round: number, asks: Readonly<Record<number, bigint>>): Promise<ReserveAnswer[]> {
    const requests = Object.entries(asks).map(([nodeId, wanted]) =>
      this.toReserve(Number(nodeId), round, wanted),
    );
    const own = requests.filter(({ nodeId }) => nodeId === this.at);
    const others = requests.filter(({ nodeId }) => nodeId !== this.at);
    for (const { nodeId } of others) this.askedNodes.add(nodeId);
    const timeoutMs = this.request.reserveTimeoutMs ?? RESERVE_TIMEOUT_MS;
    const answers = [
      ...(await reserveAtNodes(await this.site.session(this.at), others, timeoutMs)),
      ...(own.length > 0 ? await reserve(this.site.database(this.at), own) : []),
    ];
    this.answers.push(...answers);
    return answers;
  }
}
