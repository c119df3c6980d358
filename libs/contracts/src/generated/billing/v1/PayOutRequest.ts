// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  DrainInput as _billing_v1_DrainInput,
  Drain as _billing_v1_Drain,
} from '../../billing/v1/Drain.js';
import type {
  ChargeInput as _billing_v1_ChargeInput,
  Charge as _billing_v1_Charge,
} from '../../billing/v1/Charge.js';
import type {
  UpToInput as _billing_v1_UpToInput,
  UpTo as _billing_v1_UpTo,
} from '../../billing/v1/UpTo.js';

export interface PayOutRequestInput {
  accountId?: string;
  amount?: string;
  currency?: string;
  reference?: string;
  metadataJson?: string;
  idempotencyKey?: string;
  drain?: _billing_v1_DrainInput;
  deadlineMs?: number;
  homeNodeId?: number;
  charge?: _billing_v1_ChargeInput | null;
  upTo?: _billing_v1_UpToInput | null;
}

export interface PayOutRequest {
  accountId: string;
  amount: string;
  currency: string;
  reference: string;
  metadataJson: string;
  idempotencyKey: string;
  drain: _billing_v1_Drain;
  deadlineMs: number;
  homeNodeId: number;
  charge: _billing_v1_Charge | null;
  upTo: _billing_v1_UpTo | null;
}
