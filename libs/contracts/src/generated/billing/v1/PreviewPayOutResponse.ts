// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  PayOutPartInput as _billing_v1_PayOutPartInput,
  PayOutPart as _billing_v1_PayOutPart,
} from '../../billing/v1/PayOutPart.js';

export interface PreviewPayOutResponseInput {
  covered?: boolean;
  parts?: _billing_v1_PayOutPartInput[];
  spendable?: string;
  stranded?: string;
  unreachableNodes?: number[];
}

export interface PreviewPayOutResponse {
  covered: boolean;
  parts: _billing_v1_PayOutPart[];
  spendable: string;
  stranded: string;
  unreachableNodes: number[];
}
