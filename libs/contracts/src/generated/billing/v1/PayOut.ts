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
import type {
  ChargeInput as _billing_v1_ChargeInput,
  Charge as _billing_v1_Charge,
} from '../../billing/v1/Charge.js';
import type {
  PayOutRefundInput as _billing_v1_PayOutRefundInput,
  PayOutRefund as _billing_v1_PayOutRefund,
} from '../../billing/v1/PayOutRefund.js';
import type {
  UpToInput as _billing_v1_UpToInput,
  UpTo as _billing_v1_UpTo,
} from '../../billing/v1/UpTo.js';

export interface PayOutInput {
  payOutId?: string;
  accountId?: string;
  amount?: string;
  currency?: string;
  status?: _billing_v1_PayOutStatusInput;
  parts?: _billing_v1_PayOutPartInput[];
  reference?: string;
  createdAt?: string;
  decidedAt?: string;
  rejection?: string;
  metadataJson?: string;
  duplicateOf?: string;
  charge?: _billing_v1_ChargeInput | null;
  refunded?: string;
  refunds?: _billing_v1_PayOutRefundInput[];
  upTo?: _billing_v1_UpToInput | null;
}

export interface PayOut {
  payOutId: string;
  accountId: string;
  amount: string;
  currency: string;
  status: _billing_v1_PayOutStatus;
  parts: _billing_v1_PayOutPart[];
  reference: string;
  createdAt: string;
  decidedAt: string;
  rejection: string;
  metadataJson: string;
  duplicateOf: string;
  charge: _billing_v1_Charge | null;
  refunded: string;
  refunds: _billing_v1_PayOutRefund[];
  upTo: _billing_v1_UpTo | null;
}
