// Generated from libs/contracts/proto by `npm run generate`: change the proto instead.
// Original file: proto/google/rpc/error_details.proto

export interface ErrorInfoInput {
  reason?: string;
  domain?: string;
  metadata?: { [key: string]: string };
}

export interface ErrorInfo {
  reason: string;
  domain: string;
  metadata: { [key: string]: string };
}
