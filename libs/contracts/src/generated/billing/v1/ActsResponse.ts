// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/operations.proto

import type {
  ActResponseInput as _billing_v1_ActResponseInput,
  ActResponse as _billing_v1_ActResponse,
} from '../../billing/v1/ActResponse.js';

export interface ActsResponseInput {
  results?: _billing_v1_ActResponseInput[];
}

export interface ActsResponse {
  results: _billing_v1_ActResponse[];
}
