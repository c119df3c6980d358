// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  PayOutStatusInput as _billing_v1_PayOutStatusInput,
  PayOutStatus as _billing_v1_PayOutStatus,
} from '../../billing/v1/PayOutStatus.js';
import type {
  PayOutPartInput as _billing_v1_PayOutPartInput,
  PayOutPart as _billing_v1_PayOutPart,
} from '../../billing/v1/PayOutPart.js';

export interface PayOutInput {
  payOutId?: string;
  accountId?: string;
  amount?: string;
  currency?: string;
  status?: _billing_v1_PayOutStatusInput;
  /**
   * What each datacenter gave, in order of node; empty unless committed.
   */
  parts?: _billing_v1_PayOutPartInput[];
  reference?: string;
  /**
   * RFC 3339, UTC.
   */
  createdAt?: string;
  /**
   * Empty while pending.
   */
  decidedAt?: string;
  /**
   * Of a rejected one: a reason of the table above.
   */
  rejection?: string;
  /**
   * As it was sent but for spaces and exponents; empty: none.
   */
  metadataJson?: string;
}

export interface PayOut {
  payOutId: string;
  accountId: string;
  amount: string;
  currency: string;
  status: _billing_v1_PayOutStatus;
  /**
   * What each datacenter gave, in order of node; empty unless committed.
   */
  parts: _billing_v1_PayOutPart[];
  reference: string;
  /**
   * RFC 3339, UTC.
   */
  createdAt: string;
  /**
   * Empty while pending.
   */
  decidedAt: string;
  /**
   * Of a rejected one: a reason of the table above.
   */
  rejection: string;
  /**
   * As it was sent but for spaces and exponents; empty: none.
   */
  metadataJson: string;
}
