// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface PayOutPartInput {
  nodeId?: number;
  amount?: string;
}

export interface PayOutPart {
  nodeId: number;
  amount: string;
}
