// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/billing/v1/billing.proto

export interface CapturePartInput {
  nodeId?: number;
  captured?: string;
  unknown?: string;
  over?: string;
}

export interface CapturePart {
  nodeId: number;
  captured: string;
  unknown: string;
  over: string;
}
