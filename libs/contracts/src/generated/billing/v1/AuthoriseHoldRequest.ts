// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  DrainInput as _billing_v1_DrainInput,
  Drain as _billing_v1_Drain,
} from '../../billing/v1/Drain.js';

export interface AuthoriseHoldRequestInput {
  accountId?: string;
  amount?: string;
  currency?: string;
  reference?: string;
  metadataJson?: string;
  idempotencyKey?: string;
  drain?: _billing_v1_DrainInput;
  deadlineMs?: number;
  homeNodeId?: number;
  heldForMs?: number;
}

export interface AuthoriseHoldRequest {
  accountId: string;
  amount: string;
  currency: string;
  reference: string;
  metadataJson: string;
  idempotencyKey: string;
  drain: _billing_v1_Drain;
  deadlineMs: number;
  homeNodeId: number;
  heldForMs: number;
}
