// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

import type {
  ServiceInput as _billing_v1_ServiceInput,
  Service as _billing_v1_Service,
} from '../../billing/v1/Service.js';

export interface ServiceResponseInput {
  service?: _billing_v1_ServiceInput | null;
  unchanged?: boolean;
  position?: string;
}

export interface ServiceResponse {
  service: _billing_v1_Service | null;
  unchanged: boolean;
  position: string;
}
