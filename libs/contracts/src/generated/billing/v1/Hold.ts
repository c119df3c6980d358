// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  HoldStateInput as _billing_v1_HoldStateInput,
  HoldState as _billing_v1_HoldState,
} from '../../billing/v1/HoldState.js';
import type {
  HoldPartInput as _billing_v1_HoldPartInput,
  HoldPart as _billing_v1_HoldPart,
} from '../../billing/v1/HoldPart.js';
import type {
  PayOutRefundInput as _billing_v1_PayOutRefundInput,
  PayOutRefund as _billing_v1_PayOutRefund,
} from '../../billing/v1/PayOutRefund.js';

export interface HoldInput {
  holdId?: string;
  accountId?: string;
  amount?: string;
  currency?: string;
  state?: _billing_v1_HoldStateInput;
  captured?: string;
  unknown?: string;
  held?: string;
  returned?: string;
  parts?: _billing_v1_HoldPartInput[];
  reference?: string;
  createdAt?: string;
  heldUntil?: string;
  endedAt?: string;
  rejection?: string;
  metadataJson?: string;
  refunded?: string;
  refunds?: _billing_v1_PayOutRefundInput[];
}

export interface Hold {
  holdId: string;
  accountId: string;
  amount: string;
  currency: string;
  state: _billing_v1_HoldState;
  captured: string;
  unknown: string;
  held: string;
  returned: string;
  parts: _billing_v1_HoldPart[];
  reference: string;
  createdAt: string;
  heldUntil: string;
  endedAt: string;
  rejection: string;
  metadataJson: string;
  refunded: string;
  refunds: _billing_v1_PayOutRefund[];
}
