// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  HoldInput as _billing_v1_HoldInput,
  Hold as _billing_v1_Hold,
} from '../../billing/v1/Hold.js';

export interface VoidHoldResponseInput {
  returned?: string;
  unknown?: string;
  hold?: _billing_v1_HoldInput | null;
  replayed?: boolean;
  position?: string;
}

export interface VoidHoldResponse {
  returned: string;
  unknown: string;
  hold: _billing_v1_Hold | null;
  replayed: boolean;
  position: string;
}
