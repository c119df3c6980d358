// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  DrainInput as _billing_v1_DrainInput,
  Drain as _billing_v1_Drain,
} from '../../billing/v1/Drain.js';

export interface PayOutRequestInput {
  accountId?: string;
  /**
   * Above zero, no more decimals than the currency has.
   */
  amount?: string;
  /**
   * ISO 4217, the account's.
   */
  currency?: string;
  /**
   * Empty or up to 64 characters, shown in the account's history.
   */
  reference?: string;
  /**
   * Empty, or a JSON object of up to 2 KB, its numbers written out. Kept with every digit; the same request
   * is one whose metadata says the same, whatever the order of its members and the form of its numbers.
   */
  metadataJson?: string;
  /**
   * 1 to 255 printable ASCII characters, unique per client, kept 30 days.
   */
  idempotencyKey?: string;
  /**
   * Default DRAIN_ANY.
   */
  drain?: _billing_v1_DrainInput;
  /**
   * How long a drain may take, in ms; 0: the coordinator's default. Bounded by the coordinator's limit.
   */
  deadlineMs?: number;
}

export interface PayOutRequest {
  accountId: string;
  /**
   * Above zero, no more decimals than the currency has.
   */
  amount: string;
  /**
   * ISO 4217, the account's.
   */
  currency: string;
  /**
   * Empty or up to 64 characters, shown in the account's history.
   */
  reference: string;
  /**
   * Empty, or a JSON object of up to 2 KB, its numbers written out. Kept with every digit; the same request
   * is one whose metadata says the same, whatever the order of its members and the form of its numbers.
   */
  metadataJson: string;
  /**
   * 1 to 255 printable ASCII characters, unique per client, kept 30 days.
   */
  idempotencyKey: string;
  /**
   * Default DRAIN_ANY.
   */
  drain: _billing_v1_Drain;
  /**
   * How long a drain may take, in ms; 0: the coordinator's default. Bounded by the coordinator's limit.
   */
  deadlineMs: number;
}
