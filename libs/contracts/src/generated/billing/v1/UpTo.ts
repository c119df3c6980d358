// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface UpToInput {
  upTo?: string;
  minimum?: string;
  exhausted?: boolean;
  unreachableNodes?: number[];
}

export interface UpTo {
  upTo: string;
  minimum: string;
  exhausted: boolean;
  unreachableNodes: number[];
}
