// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  PayOutInput as _billing_v1_PayOutInput,
  PayOut as _billing_v1_PayOut,
} from '../../billing/v1/PayOut.js';

export interface PayOutResponseInput {
  payOut?: _billing_v1_PayOutInput | null;
  replayed?: boolean;
  position?: string;
}

export interface PayOutResponse {
  payOut: _billing_v1_PayOut | null;
  replayed: boolean;
  position: string;
}
