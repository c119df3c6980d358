// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  PayOutRequestInput as _billing_v1_PayOutRequestInput,
  PayOutRequest as _billing_v1_PayOutRequest,
} from '../../billing/v1/PayOutRequest.js';

export interface PayOutsRequestInput {
  sequence?: number;
  request?: _billing_v1_PayOutRequestInput | null;
  authorization?: string;
}

export interface PayOutsRequest {
  sequence: number;
  request: _billing_v1_PayOutRequest | null;
  authorization: string;
}
