// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  PayOutPartInput as _billing_v1_PayOutPartInput,
  PayOutPart as _billing_v1_PayOutPart,
} from '../../billing/v1/PayOutPart.js';

export interface PreviewPayOutResponseInput {
  /**
   * Whether the parts below cover the amount.
   */
  covered?: boolean;
  /**
   * What each datacenter would give, in order of node; those that would give nothing are left out.
   */
  parts?: _billing_v1_PayOutPartInput[];
  /**
   * Amounts, as decimal strings: what can be spent now, and what lies in datacenters that cannot be reached.
   */
  spendable?: string;
  stranded?: string;
  unreachableNodes?: number[];
}

export interface PreviewPayOutResponse {
  /**
   * Whether the parts below cover the amount.
   */
  covered: boolean;
  /**
   * What each datacenter would give, in order of node; those that would give nothing are left out.
   */
  parts: _billing_v1_PayOutPart[];
  /**
   * Amounts, as decimal strings: what can be spent now, and what lies in datacenters that cannot be reached.
   */
  spendable: string;
  stranded: string;
  unreachableNodes: number[];
}
