// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface HoldPartInput {
  nodeId?: number;
  amount?: string;
  captured?: string;
  unknown?: string;
  held?: string;
  returned?: string;
}

export interface HoldPart {
  nodeId: number;
  amount: string;
  captured: string;
  unknown: string;
  held: string;
  returned: string;
}
