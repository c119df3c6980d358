import { randomUUID } from 'node:crypto';
import type { CoordinatorConnection } from '@billing/cluster';
import {
  hasHold,
  hasRefund,
  type AuthoriseHoldRequestInput,
  type AuthorisedHold,
  type CapturedHold,
  type ExtendedHold,
  type FoundHold,
  type Refunded,
  type RefundCaptureRequestInput,
  type RefundPayOutResponse,
  type VoidedHold,
  type WithHold,
} from '@billing/contracts';
import {
  callUnary,
  connectBilling,
  type BillingConnection,
  type PreparedCall,
} from '@billing/grpc';
import { Metadata } from '@grpc/grpc-js';

/** Of one of a request; else a new one, with the client's own home. */
export interface Keyed {
  readonly key?: string | undefined;
  readonly homeNodeId?: number | undefined;
}

type Drained = Pick<AuthoriseHoldRequestInput, 'drain' | 'heldForMs' | 'deadlineMs'>;

/** A client of holds at one coordinator, whose keys have their home at a node. */
export class HoldClient {
  private readonly connection: BillingConnection;

  constructor(
    { address, tls }: CoordinatorConnection,
    private readonly token: string,
    private readonly homeNodeId: number,
  ) {
    const backoff = {
      'grpc.max_reconnect_backoff_ms': 200,
      'grpc.initial_reconnect_backoff_ms': 50,
    };
    this.connection = connectBilling(address, backoff, tls);
  }

  authorise(
    accountId: bigint | string,
    amount: string,
    { key, homeNodeId, ...more }: Keyed & Drained = {},
  ): Promise<AuthorisedHold> {
    const named = this.named({ key, homeNodeId });
    const request = { ...named, accountId: accountId.toString(), amount, ...more };
    return this.call((...how) =>
      this.connection.billing.authoriseHold({ ...request, currency: 'USD' }, ...how),
    );
  }

  capture(
    holdId: string,
    amount: string,
    { currency = 'USD', ...keyed }: Keyed & { currency?: string } = {},
  ): Promise<CapturedHold> {
    const request = { ...this.named(keyed), holdId, amount, currency };
    return this.call((...how) => this.connection.billing.captureHold(request, ...how));
  }

  /** Under a new key without a home, unless said. */
  async refund(
    { hold: { holdId }, captureId }: Pick<CapturedHold, 'hold' | 'captureId'>,
    amount: string,
    more: RefundCaptureRequestInput = {},
  ): Promise<Refunded> {
    const request = { holdId, captureId, amount, currency: 'USD', idempotencyKey: randomUUID() };
    const answer = await this.send<RefundPayOutResponse>((...how) =>
      this.connection.billing.refundCapture({ ...request, ...more }, ...how),
    );
    if (!hasRefund(answer)) throw new Error('an answer without its refund');
    return answer;
  }

  void(holdId: string, keyed: Keyed = {}): Promise<VoidedHold> {
    const request = { ...this.named(keyed), holdId };
    return this.call((...how) => this.connection.billing.voidHold(request, ...how));
  }

  extend(holdId: string, heldForMs: number, keyed: Keyed = {}): Promise<ExtendedHold> {
    const request = { ...this.named(keyed), holdId, heldForMs };
    return this.call((...how) => this.connection.billing.extendHold(request, ...how));
  }

  get(holdId: string): Promise<FoundHold> {
    return this.call((...how) => this.connection.billing.getHold({ holdId }, ...how));
  }

  close(): void {
    this.connection.close();
  }

  private named({ key = randomUUID(), homeNodeId = this.homeNodeId }: Keyed) {
    return { idempotencyKey: key, homeNodeId };
  }

  private async call<A extends Parameters<typeof hasHold>[0]>(
    call: PreparedCall<A>,
  ): Promise<WithHold<A>> {
    const answer = await this.send(call);
    if (!hasHold(answer)) throw new Error('an answer without its hold');
    return answer;
  }

  private send<A>(call: PreparedCall<A>): Promise<A> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.token}`);
    return callUnary(call, metadata, { deadline: Date.now() + 10_000 });
  }
}
