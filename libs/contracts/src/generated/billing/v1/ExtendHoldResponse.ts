// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  ExtendedPartInput as _billing_v1_ExtendedPartInput,
  ExtendedPart as _billing_v1_ExtendedPart,
} from '../../billing/v1/ExtendedPart.js';
import type {
  HoldInput as _billing_v1_HoldInput,
  Hold as _billing_v1_Hold,
} from '../../billing/v1/Hold.js';

export interface ExtendHoldResponseInput {
  parts?: _billing_v1_ExtendedPartInput[];
  hold?: _billing_v1_HoldInput | null;
  replayed?: boolean;
}

export interface ExtendHoldResponse {
  parts: _billing_v1_ExtendedPart[];
  hold: _billing_v1_Hold | null;
  replayed: boolean;
}
