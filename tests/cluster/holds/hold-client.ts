import { randomUUID } from 'node:crypto';
import type { CoordinatorConnection } from '@billing/cluster';
import {
  hasHold,
  type AuthorisedHold,
  type CapturedHold,
  type ExtendedHold,
  type FoundHold,
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

/** Of one of a request; else a new one. */
export interface Keyed {
  readonly key?: string;
}

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
    accountId: bigint,
    amount: string,
    { key = randomUUID(), ...more }: Keyed & { heldForMs?: number; deadlineMs?: number } = {},
  ): Promise<AuthorisedHold> {
    const request = { ...this.named(key), accountId: accountId.toString(), amount, ...more };
    return this.call((...how) =>
      this.connection.billing.authoriseHold({ ...request, currency: 'USD' }, ...how),
    );
  }

  capture(
    holdId: string,
    amount: string,
    { key = randomUUID(), currency = 'USD' }: Keyed & { currency?: string } = {},
  ): Promise<CapturedHold> {
    const request = { ...this.named(key), holdId, amount, currency };
    return this.call((...how) => this.connection.billing.captureHold(request, ...how));
  }

  void(holdId: string, { key = randomUUID() }: Keyed = {}): Promise<VoidedHold> {
    const request = { ...this.named(key), holdId };
    return this.call((...how) => this.connection.billing.voidHold(request, ...how));
  }

  extend(
    holdId: string,
    heldForMs: number,
    { key = randomUUID() }: Keyed = {},
  ): Promise<ExtendedHold> {
    const request = { ...this.named(key), holdId, heldForMs };
    return this.call((...how) => this.connection.billing.extendHold(request, ...how));
  }

  get(holdId: string): Promise<FoundHold> {
    return this.call((...how) => this.connection.billing.getHold({ holdId }, ...how));
  }

  close(): void {
    this.connection.close();
  }

  private named(idempotencyKey: string) {
    return { idempotencyKey, homeNodeId: this.homeNodeId };
  }

  private async call<A extends Parameters<typeof hasHold>[0]>(
    call: PreparedCall<A>,
  ): Promise<WithHold<A>> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${this.token}`);
    const answer = await callUnary(call, metadata, { deadline: Date.now() + 10_000 });
    if (!hasHold(answer)) throw new Error('an answer without its hold');
    return answer;
  }
}
