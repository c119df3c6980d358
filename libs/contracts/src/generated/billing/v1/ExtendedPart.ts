// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface ExtendedPartInput {
  nodeId?: number;
  heldUntil?: string;
  over?: boolean;
}

export interface ExtendedPart {
  nodeId: number;
  heldUntil: string;
  over: boolean;
}
