// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  CapturePartInput as _billing_v1_CapturePartInput,
  CapturePart as _billing_v1_CapturePart,
} from '../../billing/v1/CapturePart.js';
import type {
  HoldInput as _billing_v1_HoldInput,
  Hold as _billing_v1_Hold,
} from '../../billing/v1/Hold.js';

export interface CaptureHoldResponseInput {
  captureId?: string;
  captured?: string;
  unknown?: string;
  over?: string;
  parts?: _billing_v1_CapturePartInput[];
  hold?: _billing_v1_HoldInput | null;
  replayed?: boolean;
  position?: string;
  refunded?: string;
}

export interface CaptureHoldResponse {
  captureId: string;
  captured: string;
  unknown: string;
  over: string;
  parts: _billing_v1_CapturePart[];
  hold: _billing_v1_Hold | null;
  replayed: boolean;
  position: string;
  refunded: string;
}
