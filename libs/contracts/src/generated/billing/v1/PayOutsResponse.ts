// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  PayOutResponseInput as _billing_v1_PayOutResponseInput,
  PayOutResponse as _billing_v1_PayOutResponse,
} from '../../billing/v1/PayOutResponse.js';
import type {
  StatusInput as _google_rpc_StatusInput,
  Status as _google_rpc_Status,
} from '../../google/rpc/Status.js';

export interface PayOutsResponseInput {
  sequence?: number;
  response?: _billing_v1_PayOutResponseInput | null;
  error?: _google_rpc_StatusInput | null;
  result?: 'response' | 'error';
}

export interface PayOutsResponse {
  sequence: number;
  response?: _billing_v1_PayOutResponse | null;
  error?: _google_rpc_Status | null;
  result?: 'response' | 'error';
}
