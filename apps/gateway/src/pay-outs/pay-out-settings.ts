import type { GatewayConfig } from '@billing/config';
import type { DeadlineLimits } from './pay-out.request.js';

/** What pay-outs need to know of the configuration. */
export class PayOutSettings implements DeadlineLimits {
  readonly deadlineMs: number;
  readonly deadlineMaxMs: number;
  /** Of one bulk. */
  readonly bulkInFlightMax: number;
  /** Its client has sent nothing and read nothing, and nothing was decided: longer than any item takes. */
  readonly bulkIdleMs: number;

  constructor({ payOut, limits }: Pick<GatewayConfig, 'payOut' | 'limits'>) {
    this.deadlineMs = payOut.deadlineMs;
    this.deadlineMaxMs = payOut.deadlineMaxMs;
    this.bulkInFlightMax = payOut.bulkInFlightMax;
    this.bulkIdleMs = limits.requestTimeoutMs + payOut.deadlineMaxMs + payOut.answerMarginMs;
  }
}
