// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  PayOutRequestInput as _billing_v1_PayOutRequestInput,
  PayOutRequest as _billing_v1_PayOutRequest,
} from '../../billing/v1/PayOutRequest.js';

export interface PayOutsRequestInput {
  /**
   * The caller's own number, given back with the answer.
   */
  sequence?: number;
  request?: _billing_v1_PayOutRequestInput | null;
  /**
   * Whose request it is ("Bearer <JWT>"), when the stream carries those of several clients; empty: the
   * client that opened the stream.
   */
  authorization?: string;
}

export interface PayOutsRequest {
  /**
   * The caller's own number, given back with the answer.
   */
  sequence: number;
  request: _billing_v1_PayOutRequest | null;
  /**
   * Whose request it is ("Bearer <JWT>"), when the stream carries those of several clients; empty: the
   * client that opened the stream.
   */
  authorization: string;
}
