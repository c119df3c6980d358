import { randomUUID } from 'node:crypto';
import { eventually } from '@billing/testing';
import type { CoordinatorClient } from './coordinator-client.js';
import { refusalOf } from './coordinator-client.js';

/** What a caller heard: `committed`, or the reason of a refusal, or the code of a lost call. */
export type Heard = string;

/** One pay-out as a client sees it: one key, asked for until the answer is final. */
export class PayingClient {
  readonly idempotencyKey = randomUUID();
  payOutId: string | undefined;

  constructor(
    readonly accountId: bigint,
    readonly amountMinor: bigint,
    private readonly deadlineMs: number,
  ) {}

  /** Once. Never throws. */
  async ask(client: CoordinatorClient): Promise<Heard> {
    const call = client.payOut({
      accountId: this.accountId.toString(),
      amount: `${this.amountMinor / 100n}.${(this.amountMinor % 100n).toString().padStart(2, '0')}`,
      currency: 'USD',
      idempotencyKey: this.idempotencyKey,
      deadlineMs: this.deadlineMs,
    });
    try {
      const { payOut } = await call;
      this.payOutId ??= payOut!.payOutId;
      expect(payOut!.payOutId).toBe(this.payOutId);
      return 'committed';
    } catch {
      const { code, reason, metadata } = await refusalOf(call);
      this.payOutId ??= metadata['pay_out_id'];
      return reason ?? code;
    }
  }

  /** With the same key, until it is paid. */
  async untilPaid(client: CoordinatorClient, withinMs = 15_000): Promise<void> {
    await eventually(
      () => this.ask(client),
      (heard) => heard === 'committed',
      withinMs,
    );
  }
}
