// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  RefundInput as _billing_v1_RefundInput,
  Refund as _billing_v1_Refund,
} from '../../billing/v1/Refund.js';

export interface RefundPayOutResponseInput {
  refund?: _billing_v1_RefundInput | null;
  replayed?: boolean;
  position?: string;
}

export interface RefundPayOutResponse {
  refund: _billing_v1_Refund | null;
  replayed: boolean;
  position: string;
}
