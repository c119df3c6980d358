// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  DrainInput as _billing_v1_DrainInput,
  Drain as _billing_v1_Drain,
} from '../../billing/v1/Drain.js';

export interface PreviewPayOutRequestInput {
  accountId?: string;
  amount?: string;
  currency?: string;
  drain?: _billing_v1_DrainInput;
}

export interface PreviewPayOutRequest {
  accountId: string;
  amount: string;
  currency: string;
  drain: _billing_v1_Drain;
}
