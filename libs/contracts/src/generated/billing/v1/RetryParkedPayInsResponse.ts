// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

import type {
  ActResponseInput as _billing_v1_ActResponseInput,
  ActResponse as _billing_v1_ActResponse,
} from '../../billing/v1/ActResponse.js';

export interface RetryParkedPayInsResponseInput {
  results?: _billing_v1_ActResponseInput[];
  waiting?: number;
}

export interface RetryParkedPayInsResponse {
  results: _billing_v1_ActResponse[];
  waiting: number;
}
