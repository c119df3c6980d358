import type { GatewayConfig } from '@billing/config';
import type { DeadlineLimits } from './pay-out.request.js';

/** What pay-outs need to know of the configuration. */
export class PayOutSettings implements DeadlineLimits {
  readonly deadlineMs: number;
  readonly deadlineMaxMs: number;
  /** Of one bulk. */
  readonly bulkInFlightMax: number;

  constructor({ payOut }: Pick<GatewayConfig, 'payOut'>) {
    this.deadlineMs = payOut.deadlineMs;
    this.deadlineMaxMs = payOut.deadlineMaxMs;
    this.bulkInFlightMax = payOut.bulkInFlightMax;
  }
}
